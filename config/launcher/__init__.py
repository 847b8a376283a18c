"""Everything `manage.py up` needs to keep a broker, a web server and a worker running."""
