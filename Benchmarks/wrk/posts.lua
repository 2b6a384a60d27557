-- Posts envelopes of one object, each with an id of its own.
-- Arguments: a file with the envelope, @UUID@ wherever the object's UUID goes, and a seed.
dofile("summary.lua")

local threads = 0
function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

local parts = {}
function init(args)
    math.randomseed(tonumber(args[2]) * 64 + number)
    local file = assert(io.open(args[1]))
    local text = file:read("*a") .. "@UUID@"
    file:close()
    for part in text:gmatch("(.-)@UUID@") do
        parts[#parts + 1] = part
    end
end

-- Version 4 (RFC 4122 section 4.4).
local function uuid()
    local random = math.random
    return string.format("%04x%04x-%04x-4%03x-%04x-%04x%04x%04x",
        random(0, 65535), random(0, 65535), random(0, 65535), random(0, 4095), random(32768, 49151),
        random(0, 65535), random(0, 65535), random(0, 65535))
end

function request()
    return wrk.format("POST", nil, nil, table.concat(parts, uuid()))
end
