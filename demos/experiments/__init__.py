"""One demo a file; the registry finds them by walking this directory."""
