-- Prints what wrk counted as one line of JSON. Times are in microseconds.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        'summary {"requests":%d,"duration":%d,"bytes":%d,"p50":%.1f,"p99":%.1f,"refused":%d,"broken":%d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
