import com.alicloud.openservices.tablestore.SyncClient;
import com.alicloud.openservices.tablestore.model.*;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.*;

/**
 * Prints the stream of a table as the official SDK reads it: one JSON line per change record, in the
 * order of each shard, parents before children, and one line {"shard", "parents", "closed"} at the end
 * of each shard. This is what tests compute their expected data from.
 *
 * <p>Dump ENDPOINT INSTANCE KEYID SECRET TABLE [SECONDS]: how long to wait for the children of a closed
 * shard (default 4).
 */
public final class Dump {
    private final SyncClient client;
    private final String streamId;
    private final PrintStream out;
    private final Gson gson = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private Dump(SyncClient client, String table, PrintStream out) {
        this.client = client;
        this.out = out;
        this.streamId = client.listStream(new ListStreamRequest(table)).getStreams().get(0).getStreamId();
    }

    public static void main(String[] args) throws Exception {
        if (args.length < 5) {
            System.err.println("Dump ENDPOINT INSTANCE KEYID SECRET TABLE [SECONDS]");
            System.exit(2);
        }
        long waitMillis = args.length > 5 ? Long.parseLong(args[5]) * 1000 : 4000;
        SyncClient client = new SyncClient(args[0], args[2], args[3], args[1]);
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        try {
            new Dump(client, args[4], out).run(waitMillis);
            out.flush();
        } finally {
            client.shutdown();
        }
    }

    private void run(long waitMillis) throws InterruptedException {
        Set<String> done = new HashSet<>();
        Set<String> childless = new HashSet<>();
        long deadline = 0;
        while (true) {
            List<StreamShard> shards = list();
            Set<String> listed = new HashSet<>();
            for (StreamShard shard : shards) {
                listed.add(shard.getShardId());
                childless.removeAll(parents(shard));
            }
            boolean progress = false;
            for (StreamShard shard : shards) {
                if (done.contains(shard.getShardId())) continue;
                boolean ready = true;
                for (String parent : parents(shard)) ready &= done.contains(parent) || !listed.contains(parent);
                if (!ready) continue;
                if (read(shard)) childless.add(shard.getShardId());
                done.add(shard.getShardId());
                progress = true;
            }
            if (progress) {
                deadline = System.currentTimeMillis() + waitMillis;
                continue;
            }
            if (childless.isEmpty() || System.currentTimeMillis() > deadline) return;
            Thread.sleep(200);
        }
    }

    private static List<String> parents(StreamShard shard) {
        List<String> parents = new ArrayList<>();
        for (String parent : Arrays.asList(shard.getParentId(), shard.getParentSiblingId()))
            if (parent != null && !parent.isEmpty()) parents.add(parent);
        return parents;
    }

    private List<StreamShard> list() {
        List<StreamShard> shards = new ArrayList<>();
        DescribeStreamRequest request = new DescribeStreamRequest(streamId);
        while (true) {
            DescribeStreamResponse response = client.describeStream(request);
            shards.addAll(response.getShards());
            if (response.getNextShardId() == null) return shards;
            request.setInclusiveStartShardId(response.getNextShardId());
        }
    }

    /** Prints all records that are there; true when the shard is closed. */
    private boolean read(StreamShard shard) {
        String id = shard.getShardId();
        String iterator = client.getShardIterator(new GetShardIteratorRequest(streamId, id)).getShardIterator();
        boolean more = true;
        while (iterator != null && more) {
            GetStreamRecordResponse page = client.getStreamRecord(new GetStreamRecordRequest(iterator));
            for (StreamRecord record : page.getRecords()) print(id, record);
            iterator = page.getNextShardIterator();
            // An empty page in mid-stream says that more may come.
            more = !page.getRecords().isEmpty() || Boolean.TRUE.equals(page.getMayMoreRecord());
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("shard", id);
        line.put("parents", parents(shard));
        line.put("closed", iterator == null);
        out.println(gson.toJson(line));
        return iterator == null;
    }

    private void print(String shard, StreamRecord record) {
        RecordSequenceInfo sequence = record.getSequenceInfo();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("shard", shard);
        line.put("epoch", sequence.getEpoch());
        line.put("us", sequence.getTimestamp());
        line.put("index", sequence.getRowIndex());
        line.put("action", record.getRecordType().name());
        List<Object> key = new ArrayList<>();
        for (PrimaryKeyColumn column : record.getPrimaryKey().getPrimaryKeyColumns()) {
            PrimaryKeyValue value = column.getValue();
            Map<String, Object> cell = new LinkedHashMap<>();
            cell.put("name", column.getName());
            cell.put("type", value.getType().name());
            switch (value.getType()) {
                case INTEGER -> cell.put("value", value.asLong());
                case STRING -> cell.put("value", value.asString());
                default -> cell.put("value", base64(value.asBinary()));
            }
            key.add(cell);
        }
        line.put("key", key);
        List<Object> cells = new ArrayList<>();
        for (RecordColumn column : record.getColumns()) cells.add(cell(column));
        line.put("cells", cells);
        out.println(gson.toJson(line));
    }

    private static Map<String, Object> cell(RecordColumn recordColumn) {
        Column column = recordColumn.getColumn();
        Map<String, Object> cell = new LinkedHashMap<>();
        cell.put("name", column.getName());
        cell.put("op", recordColumn.getColumnType().name());
        if (column.hasSetTimestamp()) cell.put("timestamp", column.getTimestamp());
        ColumnValue value = column.getValue();
        if (recordColumn.getColumnType() != RecordColumn.ColumnType.PUT || value == null) return cell;
        cell.put("type", value.getType().name());
        switch (value.getType()) {
            case INTEGER -> cell.put("value", value.asLong());
            case STRING -> cell.put("value", value.asString());
            case BOOLEAN -> cell.put("value", value.asBoolean());
            // The bits, so that no text form of a double comes between.
            case DOUBLE -> cell.put("value", Long.toHexString(Double.doubleToRawLongBits(value.asDouble())));
            default -> cell.put("value", base64(value.asBinary()));
        }
        return cell;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
