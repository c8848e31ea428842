"""Any OpenAI-compatible server as a writer.

`server` streams, `server_events` are what it streams, `forms` words the request, `faults` tells what went wrong.
"""
