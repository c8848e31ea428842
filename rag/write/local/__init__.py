"""Any causal model of the hub in this process.

`causal` loads it and writes, `hub` and `download` find it, `loop`, `cache` and `int8` run it.
"""
