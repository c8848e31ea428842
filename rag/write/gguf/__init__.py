"""A GGUF file in this process: `header` reads what the file says, `llamacpp` runs it, `writer` joins them."""
