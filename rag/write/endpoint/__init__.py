"""Any OpenAI-compatible server as a writer.

`server` streams, `forms` words the request, `faults` tells what went wrong.
"""
