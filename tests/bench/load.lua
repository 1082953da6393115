-- Load for wrk: requests from a file, one a line: METHOD <tab> target <tab> body.
--
--   wrk … -s load.lua ADDRESS -- FILE once|cycle TOKEN RUN
--
-- Each thread takes every n-th line. With `once` no line is used twice, and a thread that has none left stops
-- the run, which then counts as failed. Every POST has an Idempotency-Key of its own: run, thread, count.

local threads = {}

function setup(thread)
  thread:set("index", #threads)
  table.insert(threads, thread)
end

local function head_of(method, target, token)
  return method .. " " .. target .. " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " .. token .. "\r\n"
end

function init(args)
  local file, mode, token, run, count = args[1], args[2], args[3], args[4], tonumber(args[5])
  if mode ~= "once" and mode ~= "cycle" then error("once or cycle, not " .. mode) end
  cycle = mode == "cycle"
  taken, exhausted = 0, 0
  starts, ends = {}, {}
  key = run .. "-" .. index .. "-"
  local number = 0
  for line in io.lines(file) do
    if number % count == index then
      local method, target, body = line:match("^(%S+)\t(%S+)\t?(.*)$")
      if method == "POST" then
        starts[#starts + 1] = head_of(method, target, token) .. "Content-Type: application/json\r\nContent-Length: "
          .. #body .. "\r\nIdempotency-Key: "
        ends[#ends + 1] = "\r\n\r\n" .. body
      else
        starts[#starts + 1] = head_of(method, target, token) .. "\r\n"
        ends[#ends + 1] = false
      end
    end
    number = number + 1
  end
end

function request()
  -- The first thread is asked once more than it sends: wrk looks at one request before the load begins.
  if index == 0 and not looked_at then
    looked_at = true
    return starts[1] .. (ends[1] and key .. "0" .. ends[1] or "")
  end
  local place = taken % #starts + 1
  if not cycle and taken >= #starts then
    exhausted = 1
    wrk.thread:stop()
  end
  taken = taken + 1
  if not ends[place] then return starts[place] end
  return starts[place] .. key .. taken .. ends[place]
end

function done(summary, latency, requests)
  local taken_by = {}
  local short = 0
  for i, thread in ipairs(threads) do
    taken_by[i] = thread:get("taken")
    short = short + thread:get("exhausted")
  end
  local errors = summary.errors
  io.write(string.format(
    'JSON {"requests":%d,"bytes":%d,"microseconds":%d,"status":%d,"broken":%d,"timeouts":%d,"exhausted":%d,"p50":%d,"p99":%d,"taken":[%s]}\n',
    summary.requests, summary.bytes, summary.duration, errors.status, errors.connect + errors.read + errors.write,
    errors.timeout, short, latency:percentile(50), latency:percentile(99), table.concat(taken_by, ",")))
end
