-- fence or item and two empty texts, reason, '1' when it is a fence
enter()
local item, reason = item_of(ARGV[3]), ARGV[6]
local parked = item.state == 'PARKED' and item.reason == reason
local to = {state = 'PARKED', reason = reason}
if ARGV[7] == '1' then
    if parked and same_claim(item) and item.claim_end == ENDED.parked then return {'ok'} end
    held(item, 'park')
    to.claim_end = ENDED.parked
else
    local state = head_of(item.run).state
    if state ~= 'RUNNING' then fatal('cannot park item ' .. item.id .. ': its run is ' .. state) end
    if parked then return {'ok'} end
    if item.state ~= 'READY' then misfit('item', 'park', item) end
end
change_item(item, to)
return {'ok'}
