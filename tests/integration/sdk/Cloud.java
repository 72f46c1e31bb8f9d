import com.alicloud.openservices.tablestore.*;
import com.alicloud.openservices.tablestore.model.*;
import com.alicloud.openservices.tablestore.model.filter.*;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.*;

/** What the judges share: the client, short forms of its calls, the admin API, expectations. */
class Cloud {
    interface Case {
        void run() throws Exception;
    }

    /**
     * The SDK's own, and one case more: a connection that was closed, as the SDK's pool does with idle ones;
     * a write that has just taken one fails then. Rows of these cases may be written twice.
     */
    private static final class Retries extends DefaultRetryStrategy {
        Retries() {
            super(2, java.util.concurrent.TimeUnit.SECONDS);
        }

        @Override
        public RetryStrategy clone() {
            return new Retries();
        }

        @Override
        public boolean shouldRetry(String action, Exception e) {
            return super.shouldRetry(action, e) || String.valueOf(e.getMessage()).contains("ConnectionClosedException");
        }
    }

    /** ENDPOINT INSTANCE KEYID SECRET ADMIN */
    final String[] args;
    final SyncClient client;

    Cloud(String[] args) {
        this.args = args;
        this.client = client(args[1], args[2], args[3]);
    }

    SyncClient client(String instance, String id, String secret) {
        ClientConfiguration configuration = new ClientConfiguration();
        configuration.setRetryStrategy(new Retries());
        return new SyncClient(args[0], id, secret, instance, configuration);
    }

    void create(String table, int versions, boolean stream) {
        TableMeta meta = new TableMeta(table);
        meta.addPrimaryKeyColumn("pk", PrimaryKeyType.STRING);
        meta.addPrimaryKeyColumn("sk", PrimaryKeyType.INTEGER);
        CreateTableRequest request = new CreateTableRequest(meta, new TableOptions(-1, versions));
        if (stream) request.setStreamSpecification(new StreamSpecification(true, 24));
        client.createTable(request);
    }

    static PrimaryKey key(String pk, long sk) {
        return PrimaryKeyBuilder.createPrimaryKeyBuilder()
                .addPrimaryKeyColumn("pk", PrimaryKeyValue.fromString(pk))
                .addPrimaryKeyColumn("sk", PrimaryKeyValue.fromLong(sk))
                .build();
    }

    static PrimaryKey bounds(PrimaryKeyValue value) {
        return PrimaryKeyBuilder.createPrimaryKeyBuilder()
                .addPrimaryKeyColumn("pk", value).addPrimaryKeyColumn("sk", value).build();
    }

    void put(String table, String pk, long sk, String... cells) {
        RowPutChange put = new RowPutChange(table, key(pk, sk));
        for (int i = 0; i < cells.length; i += 2) put.addColumn(cells[i], ColumnValue.fromString(cells[i + 1]));
        client.putRow(new PutRowRequest(put));
    }

    Row get(String table, String pk, long sk) {
        SingleRowQueryCriteria query = new SingleRowQueryCriteria(table, key(pk, sk));
        query.setMaxVersions(1);
        return client.getRow(new GetRowRequest(query)).getRow();
    }

    static String text(Row row, String column) {
        Column cell = row.getLatestColumn(column);
        return cell == null ? null : cell.getValue().asString();
    }

    List<Long> range(String table, Direction direction, int limit) {
        boolean forward = direction == Direction.FORWARD;
        RangeRowQueryCriteria query = new RangeRowQueryCriteria(table);
        query.setDirection(direction);
        query.setInclusiveStartPrimaryKey(bounds(forward ? PrimaryKeyValue.INF_MIN : PrimaryKeyValue.INF_MAX));
        query.setExclusiveEndPrimaryKey(bounds(forward ? PrimaryKeyValue.INF_MAX : PrimaryKeyValue.INF_MIN));
        query.setMaxVersions(1);
        if (limit > 0) query.setLimit(limit);
        List<Long> keys = new ArrayList<>();
        while (true) {
            GetRangeResponse page = client.getRange(new GetRangeRequest(query));
            for (Row row : page.getRows()) keys.add(row.getPrimaryKey().getPrimaryKeyColumn(1).getValue().asLong());
            if (page.getNextStartPrimaryKey() == null) return keys;
            query.setInclusiveStartPrimaryKey(page.getNextStartPrimaryKey());
        }
    }

    int filtered(String table, Filter filter) {
        RangeIteratorParameter query = new RangeIteratorParameter(table);
        query.setInclusiveStartPrimaryKey(bounds(PrimaryKeyValue.INF_MIN));
        query.setExclusiveEndPrimaryKey(bounds(PrimaryKeyValue.INF_MAX));
        query.setMaxVersions(1);
        query.setFilter(filter);
        int count = 0;
        for (Iterator<Row> it = client.createRangeIterator(query); it.hasNext(); it.next()) ++count;
        return count;
    }

    String stream(String table) {
        return client.listStream(new ListStreamRequest(table)).getStreams().get(0).getStreamId();
    }

    List<StreamShard> shards(String stream) {
        List<StreamShard> shards = new ArrayList<>();
        DescribeStreamRequest request = new DescribeStreamRequest(stream);
        while (true) {
            DescribeStreamResponse response = client.describeStream(request);
            shards.addAll(response.getShards());
            if (response.getNextShardId() == null) return shards;
            request.setInclusiveStartShardId(response.getNextShardId());
        }
    }

    List<StreamShard> waitForShards(String stream, int count) throws InterruptedException {
        long deadline = System.currentTimeMillis() + 10_000;
        while (true) {
            List<StreamShard> listed = shards(stream);
            if (listed.size() == count) return listed;
            expect(System.currentTimeMillis() < deadline, "new shards are listed, now " + listed.size());
            Thread.sleep(100);
        }
    }

    static StreamShard find(List<StreamShard> shards, String id) {
        return shards.stream().filter(s -> s.getShardId().equals(id)).findFirst().orElseThrow();
    }

    String start(String stream, StreamShard shard) {
        return client.getShardIterator(new GetShardIteratorRequest(stream, shard.getShardId())).getShardIterator();
    }

    /** Reads what is there into `records`; the iterator behind it, null at the end of a closed shard. */
    String read(String iterator, List<StreamRecord> records) {
        boolean more = true;
        while (iterator != null && more) {
            GetStreamRecordResponse page = client.getStreamRecord(new GetStreamRecordRequest(iterator));
            records.addAll(page.getRecords());
            iterator = page.getNextShardIterator();
            more = !page.getRecords().isEmpty() || Boolean.TRUE.equals(page.getMayMoreRecord());
        }
        return iterator;
    }

    static List<String> texts(List<StreamRecord> records) {
        List<String> texts = new ArrayList<>();
        for (StreamRecord record : records) texts.add(record.toString());
        return texts;
    }

    static void expectRising(List<StreamRecord> records) {
        String last = "";
        for (StreamRecord record : records) {
            RecordSequenceInfo s = record.getSequenceInfo();
            String now = String.format("%010d %020d %010d", s.getEpoch(), s.getTimestamp(), s.getRowIndex());
            expect(now.compareTo(last) > 0, "the sequence rises: " + last + " then " + now);
            last = now;
        }
    }

    void admin(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(args[4] + path))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        expectEqual(200, answer.statusCode());
    }

    static void expect(boolean condition, String what) {
        if (!condition) throw new AssertionError(what);
    }

    static void expectEqual(Object wanted, Object got) {
        expect(Objects.equals(wanted, got), "wanted " + wanted + ", got " + got);
    }

    static void expectError(String code, Case what) {
        try {
            what.run();
        } catch (TableStoreException e) {
            expectEqual(code, e.getErrorCode());
            return;
        } catch (Exception e) {
            throw new AssertionError(code + " was expected, not " + e);
        }
        throw new AssertionError(code + " was expected");
    }
}
