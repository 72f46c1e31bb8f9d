-- item, claim id, time to live
enter()
local claim, ttl = ARGV[4], tonumber(ARGV[5])
local item = item_of(ARGV[3])
local run = head_of(item.run)
local named = 'item ' .. item.id
if claim == '' or ttl <= 0 then
    fatal('a claim of ' .. named .. ' needs a claim id and a time to live')
end
if run.state ~= 'RUNNING' then fatal('cannot claim ' .. named .. ': its run is ' .. run.state) end
local same = item.claim == claim
if same and item.claim_end ~= ENDED.none then lease_lost(item, 'this claim has ended') end
local to = {state = 'CLAIMED'}
if item.state == 'CLAIMED' and not same then
    if now() < tonumber(item.deadline) then lease_lost(item, 'another claim is alive') end
    local back = given_back(item, ENDED.void, true)
    if back.state == 'PARKED' then
        change_item(item, back)
        misfit('item', 'claim', item)
    end
    to.attempts, to.abandoned = back.attempts, back.abandoned
elseif item.state == 'READY' and claims_of(run.id) >= tonumber(run.concurrent) then
    refuse('retry', 'cannot claim ' .. named .. ' now: ' .. claims_of(run.id) ..
        ' items of its run are CLAIMED, ' .. run.concurrent .. ' are allowed')
elseif item.state ~= 'READY' and item.state ~= 'CLAIMED' then
    misfit('item', 'claim', item)
end
if not same then
    local epochs = redis.call('HMGET', META, 'epoch', 'ceiling')
    if not less(epochs[1], epochs[2]) then
        refuse('ledger_lost', 'it may grant no further claims until a coordinator raises the ceiling of epochs')
    end
    redis.call('HINCRBY', META, 'epoch', 1)
    to.epoch, to.claim, to.claim_end = redis.call('HGET', META, 'epoch'), claim, ENDED.none
end
to.deadline = text(now() + ttl)
change_item(item, to)
if run.claimed ~= '1' then change_run(run, {claimed = '1'}) end
return {
    'ok', redis.call('HGETALL', key('item', item.id)), redis.call('HGETALL', key('parts', item.id)),
    run.staging, run.by_image, control_of(run)
}
