-- run, task, start and end of the window, kind, other fields and values
enter()
local id, task, window_start, window_end, kind = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if redis.call('EXISTS', key('run', id)) == 1 then return {'ok', 'exists', id} end
local others = runs_of(task, window_start, window_end)
local last = others[#others]

-- The run that speaks for its window: the active one, else the last committed, else the last.
local function current()
    for _, run in ipairs(others) do
        if active(run) then return run end
    end
    for i = #others, 1, -1 do
        if others[i].state == 'COMMITTED' or others[i].state == 'CLEANED' then return others[i] end
    end
    return last
end

if last then
    local run = current()
    if kind == 'first' then return {'ok', 'exists', run.id} end
    if active(run) then
        fatal('cannot replay the window: its run ' .. run.id .. ' is ' .. run.state)
    end
end
local run = {
    id = id, task = task, window_start = window_start, window_end = window_end, kind = kind, number = '0',
    state = 'RUNNING', reason = '', by_image = '0', claimed = '0', borders = '', staging = '',
    reserved = '0', intent = '', receipt = ''
}
if kind == 'replay' then run.number = last and tostring(tonumber(last.number) + 1) or '1' end
if kind == 'replay' or later_claimed(task, window_end) then run.by_image = '1' end
for i = 8, #ARGV, 2 do run[ARGV[i]] = ARGV[i + 1] end
insert_run(run)
return {'ok', 'created', id}
