-- Asks for paths in random order, or for each once. Arguments: a file with one path a line; to ask for each once, how many
-- threads share them; and a seed.
dofile("summary.lua")

local threads = 0
function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

local requests = {}
local sharing, last = false, 0
function init(args)
    math.randomseed(tonumber(args[#args]) * 64 + number)
    sharing = #args == 3 and tonumber(args[2])
    local line = 0
    for path in io.lines(args[1]) do
        line = line + 1
        if not sharing or (line - number) % sharing == 0 then
            requests[#requests + 1] = wrk.format("GET", path)
        end
    end
end

function request()
    if not sharing then
        return requests[math.random(#requests)]
    end
    last = last % #requests + 1
    return requests[last]
end
