-- how many at most
enter()
local max, time, due = tonumber(ARGV[3]), text(now()), {}
local function ordinal_less(a, b) return a[2] < b[2] end
for _, id in ipairs(redis.call('ZRANGE', RUNS, 0, -1)) do
    local left = max - #due / 3
    if left <= 0 then break end
    local run = redis.call('HMGET', key('run', id), 'state', 'paused', 'cancelled', 'concurrent')
    if run[1] == 'RUNNING' and run[2] == '0' and run[3] == '0' then
        local found = {}
        for _, item in ipairs(redis.call('ZRANGEBYSCORE', key('held', id), '-inf', time)) do
            found[#found + 1] = {item, tonumber(redis.call('ZSCORE', key('items', id), item))}
        end
        if claims_of(id) < tonumber(run[4]) then
            local ready = redis.call('ZRANGE', key('ready', id), 0, left - 1, 'WITHSCORES')
            for i = 1, #ready, 2 do found[#found + 1] = {ready[i], tonumber(ready[i + 1])} end
        end
        table.sort(found, ordinal_less)
        for i = 1, math.min(left, #found) do
            due[#due + 1] = found[i][1]
            due[#due + 1] = id
            due[#due + 1] = redis.call('HGET', key('item', found[i][1]), 'attempts')
        end
    end
end
return {'ok', due}
