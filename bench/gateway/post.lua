-- For wrk: calls with a body of 4 KiB.
wrk.method = "POST"
wrk.body = string.rep("x", 4096)
