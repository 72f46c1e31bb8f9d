-- run, a new item's fields in one text, then for each item: id, shard, start
enter()
local run = run_of(ARGV[3])
must_run(run, 'add items to')
if run.borders ~= '' then
    fatal('cannot add items to run ' .. run.id .. ': its borders are recorded')
end
for i = 5, #ARGV, 3 do
    local owner = redis.call('HGET', key('item', ARGV[i]), 'run')
    if owner and owner ~= run.id then fatal('item ' .. ARGV[i] .. ' belongs to run ' .. owner) end
end
local fields = split(ARGV[4])
for i = 5, #ARGV, 3 do
    if redis.call('EXISTS', key('item', ARGV[i])) == 0 then
        local item = {}
        for f = 1, #fields, 2 do item[fields[f]] = fields[f + 1] end
        item.id, item.run, item.shard, item.start = ARGV[i], run.id, ARGV[i + 1], ARGV[i + 2]
        insert_item(item)
    end
end
return {'ok'}
