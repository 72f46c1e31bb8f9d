-- run, digest, then for each border: stream, shard, time, border
enter()
local run, digest = run_of(ARGV[3]), ARGV[4]
if run.borders ~= '' then
    if run.borders == digest then return {'ok'} end
    fatal('the borders of run ' .. run.id .. ' are recorded and are others')
end
must_run(run, 'record borders of')
all_written(run, 'record borders of')
local function at(i) return border_key(run.task, ARGV[i], ARGV[i + 1]) end
for i = 5, #ARGV, 4 do
    local there = redis.call('HGET', at(i), ARGV[i + 2])
    if there and there ~= ARGV[i + 3] then
        fatal('the border of shard ' .. ARGV[i + 1] .. ' at ' .. ARGV[i + 2] ..
            ' ms is recorded and is another')
    end
end
for i = 5, #ARGV, 4 do
    if redis.call('HSETNX', at(i), ARGV[i + 2], ARGV[i + 3]) == 1 then
        redis.call('RPUSH', key('edges', run.id), at(i), ARGV[i + 2])
    end
end
change_run(run, {borders = digest})
return {'ok'}
