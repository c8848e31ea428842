"""Any causal model of the hub in this process.

`causal` loads it and writes, `hub` and `fetch` find it, `decode`, `cache` and `int8` run it.
"""
