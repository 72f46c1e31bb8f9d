-- fence, '1' when it counts as an attempt
enter()
local item, attempt = item_of(ARGV[3]), ARGV[6] == '1'
local how = attempt and ENDED.released_attempt or ENDED.released
if same_claim(item) and item.claim_end == how then return {'ok'} end
held(item, 'release')
change_item(item, given_back(item, how, attempt))
return {'ok'}
