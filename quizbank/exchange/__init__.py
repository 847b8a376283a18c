"""Files that come from another program and go to one: packages of Anki, CSV, JSON.

Pure: bytes in, `notes.Note` out, and back. What is made of a note is up to `services`.
"""
