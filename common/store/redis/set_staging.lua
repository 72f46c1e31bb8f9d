-- run, staging
enter()
local run = run_of(ARGV[3])
must_run(run, 'set the staging of')
if run.staging ~= ARGV[4] then
    for _, id in ipairs(redis.call('ZRANGE', key('items', run.id), 0, -1)) do
        redis.call('HSET', key('item', id), 'abandoned', '0')
    end
end
change_run(run, {staging = ARGV[4]})
return {'ok'}
