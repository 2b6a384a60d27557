-- Asks for paths in random order. Arguments: a file with one path a line, and a seed.
dofile("summary.lua")

local threads = 0
function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

local requests = {}
function init(args)
    math.randomseed(tonumber(args[2]) * 64 + number)
    for path in io.lines(args[1]) do
        requests[#requests + 1] = wrk.format("GET", path)
    end
end

function request()
    return requests[math.random(#requests)]
end
