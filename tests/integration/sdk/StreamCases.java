import com.alicloud.openservices.tablestore.*;
import com.alicloud.openservices.tablestore.model.*;
import java.util.*;

/** Streams, shards and iterators. */
final class StreamCases extends Cloud {
    StreamCases(String[] args) {
        super(args);
    }

    Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("stream records", this::streamRecords);
        cases.put("stream iterators", this::streamIterators);
        cases.put("stream seek", this::streamSeek);
        cases.put("shard split and merge", this::splitAndMerge);
        cases.put("stream switched", this::streamSwitched);
        return cases;
    }
    private void streamRecords() {
        create("records", 1, true);
        put("records", "a", 1, "x", "1", "y", "2");
        RowUpdateChange update = new RowUpdateChange("records", key("a", 1));
        update.put("x", ColumnValue.fromLong(7));
        update.deleteColumns("y");
        update.deleteColumn("z", 12345);
        client.updateRow(new UpdateRowRequest(update));
        RowUpdateChange count = new RowUpdateChange("records", key("a", 1));
        count.increment(new Column("x", ColumnValue.fromLong(3)));
        client.updateRow(new UpdateRowRequest(count));
        client.deleteRow(new DeleteRowRequest(new RowDeleteChange("records", key("a", 1))));
        String stream = stream("records");
        List<StreamShard> shards = shards(stream);
        expectEqual(1, shards.size());
        List<StreamRecord> records = new ArrayList<>();
        expect(read(start(stream, shards.get(0)), records) != null, "the shard is open");
        expectEqual(4, records.size());
        expectEqual(StreamRecord.RecordType.PUT, records.get(0).getRecordType());
        expectEqual(2, records.get(0).getColumns().size());
        StreamRecord second = records.get(1);
        expectEqual(StreamRecord.RecordType.UPDATE, second.getRecordType());
        Map<String, RecordColumn.ColumnType> kinds = new HashMap<>();
        for (RecordColumn column : second.getColumns()) kinds.put(column.getColumn().getName(), column.getColumnType());
        expectEqual(RecordColumn.ColumnType.PUT, kinds.get("x"));
        expectEqual(RecordColumn.ColumnType.DELETE_ALL_VERSION, kinds.get("y"));
        expectEqual(RecordColumn.ColumnType.DELETE_ONE_VERSION, kinds.get("z"));
        expectEqual(10L, records.get(2).getColumns().get(0).getColumn().getValue().asLong());
        expectEqual(StreamRecord.RecordType.DELETE, records.get(3).getRecordType());
        expectEqual(key("a", 1), records.get(3).getPrimaryKey());
        expectRising(records);
    }

    private void streamIterators() {
        create("iterators", 1, true);
        for (int i = 0; i < 300; ++i) put("iterators", "k" + i % 7, i, "c", "v" + i);
        String stream = stream("iterators");
        StreamShard shard = shards(stream).get(0);
        String iterator = start(stream, shard);
        List<StreamRecord> all = new ArrayList<>();
        String end = read(iterator, all);
        expectEqual(300, all.size());
        expectRising(all);
        List<StreamRecord> again = new ArrayList<>();
        read(iterator, again);
        expectEqual(texts(all), texts(again));
        GetStreamRecordRequest few = new GetStreamRecordRequest(iterator);
        few.setLimit(3);
        GetStreamRecordResponse page = client.getStreamRecord(few);
        expect(page.getRecords().size() <= 3, "the limit holds");
        List<StreamRecord> rest = new ArrayList<>(page.getRecords());
        read(page.getNextShardIterator(), rest);
        expectEqual(texts(all), texts(rest));
        put("iterators", "later", 1, "c", "v");
        List<StreamRecord> later = new ArrayList<>();
        read(end, later);
        expectEqual(1, later.size());
    }

    private void streamSeek() throws Exception {
        long now = System.currentTimeMillis();
        long from = now - 3_600_000;
        admin("/table", "{\"table\":\"seek\",\"created_ms\":" + from + "}");
        admin("/fill", "{\"table\":\"seek\",\"changes\":2000,\"keys\":50,\"from_ms\":" + from
                + ",\"to_ms\":" + (now - 60_000) + "}");
        String stream = stream("seek");
        StreamShard shard = shards(stream).get(0);
        List<StreamRecord> all = new ArrayList<>();
        read(start(stream, shard), all);
        expectEqual(2000, all.size());
        long middle = (from + 1_800_000) * 1000;
        GetShardIteratorRequest request = new GetShardIteratorRequest(stream, shard.getShardId());
        request.setTimestamp(middle);
        GetShardIteratorResponse response = client.getShardIterator(request);
        while (response.getNextToken() != null && !response.getNextToken().isEmpty()) {
            request.setToken(response.getNextToken());
            response = client.getShardIterator(request);
        }
        List<StreamRecord> half = new ArrayList<>();
        read(response.getShardIterator(), half);
        long expected = all.stream().filter(r -> r.getSequenceInfo().getTimestamp() >= middle).count();
        expect(half.size() >= expected && half.size() < 2000, "it begins near the time: " + half.size());
        expectEqual(texts(all.subList(2000 - half.size(), 2000)), texts(half));
    }

    private void splitAndMerge() throws Exception {
        create("shards", 1, true);
        for (int i = 0; i < 40; ++i) put("shards", "k" + i / 10, i, "c", "v");
        String stream = stream("shards");
        String parent = shards(stream).get(0).getShardId();
        admin("/shard/split", "{\"table\":\"shards\",\"at\":\"k2\"}");
        List<StreamShard> listed = waitForShards(stream, 3);
        for (int i = 0; i < 40; ++i) put("shards", "k" + i / 10, i, "c", "w");
        List<StreamRecord> old = new ArrayList<>();
        expect(read(start(stream, find(listed, parent)), old) == null, "the parent is closed");
        expectEqual(40, old.size());
        List<String> children = new ArrayList<>();
        for (StreamShard shard : listed) {
            if (shard.getShardId().equals(parent)) continue;
            expectEqual(parent, shard.getParentId());
            children.add(shard.getShardId());
            List<StreamRecord> records = new ArrayList<>();
            expect(read(start(stream, shard), records) != null, "a child is open");
            expectEqual(20, records.size());
        }
        admin("/shard/merge", "{\"table\":\"shards\"}");
        listed = waitForShards(stream, 4);
        StreamShard merged = listed.stream().filter(s -> children.contains(s.getParentId())).findFirst().get();
        expectEqual(new HashSet<>(children),
                new HashSet<>(List.of(merged.getParentId(), merged.getParentSiblingId())));
    }

    private void streamSwitched() {
        create("switched", 1, false);
        expectEqual(0, client.listStream(new ListStreamRequest("switched")).getStreams().size());
        UpdateTableRequest on = new UpdateTableRequest("switched");
        on.setStreamSpecification(new StreamSpecification(true, 48));
        client.updateTable(on);
        String stream = stream("switched");
        put("switched", "a", 1, "c", "v");
        expectEqual(48, client.describeStream(new DescribeStreamRequest(stream)).getExpirationTime());
        UpdateTableRequest off = new UpdateTableRequest("switched");
        off.setStreamSpecification(new StreamSpecification(false));
        client.updateTable(off);
        expectError("OTSObjectNotExist", () -> client.describeStream(new DescribeStreamRequest(stream)));
    }
}
