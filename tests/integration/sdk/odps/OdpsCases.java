import com.aliyun.odps.Column;
import com.aliyun.odps.Instance;
import com.aliyun.odps.Odps;
import com.aliyun.odps.OdpsException;
import com.aliyun.odps.Partition;
import com.aliyun.odps.PartitionSpec;
import com.aliyun.odps.Table;
import com.aliyun.odps.account.AliyunAccount;
import com.aliyun.odps.data.Record;
import com.aliyun.odps.data.RecordPack;
import com.aliyun.odps.data.RecordReader;
import com.aliyun.odps.data.RecordWriter;
import com.aliyun.odps.task.SQLTask;
import com.aliyun.odps.tunnel.TableTunnel;
import com.aliyun.odps.tunnel.TunnelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the judge tries, with calls that old and new versions have. */
@SuppressWarnings("deprecation")
final class OdpsCases {
    interface Case {
        void run() throws Exception;
    }

    private final String[] args;
    private final String project;
    private final Odps odps;
    private final TableTunnel tunnel;
    private int made;

    OdpsCases(String[] args) {
        this.args = args;
        this.project = args[1];
        this.odps = connect(args[2], args[3]);
        this.tunnel = new TableTunnel(odps);
    }

    Map<String, Case> cases() {
        Map<String, Case> all = new LinkedHashMap<>();
        all.put("tables", this::tables);
        all.put("partitions", this::partitions);
        all.put("every type in three blocks", this::everyType);
        all.put("compressed", this::compressed);
        all.put("record packs, as DataX sends them", this::recordPacks);
        all.put("buffered writer", this::bufferedWriter);
        all.put("the same block again replaces it", this::sameBlock);
        all.put("two sessions append", this::twoSessions);
        all.put("overwrite", this::overwrite);
        all.put("commits", this::commits);
        all.put("ranges and columns", this::ranges);
        all.put("truncate like DataX", this::truncate);
        all.put("what is missing", this::missing);
        all.put("partition specifications", this::partitionSpecs);
        all.put("SQL", this::sql);
        all.put("wrong keys", this::wrongKeys);
        return all;
    }

    private Odps connect(String id, String key) {
        Odps made = new Odps(new AliyunAccount(id, key));
        made.setEndpoint(args[0] + "/api");
        made.setDefaultProject(project);
        made.getRestClient().setRetryTimes(0);
        return made;
    }

    private String run(String query) throws OdpsException {
        Map<String, String> hints = new HashMap<>();
        hints.put("odps.sql.type.system.odps2", "true");
        hints.put("odps.sql.timezone", "Etc/GMT");
        Instance instance = SQLTask.run(odps, project, query, hints, null);
        instance.waitForSuccess(100);
        return instance.getTaskResults().get("AnonymousSQLTask");
    }

    private String plain() throws OdpsException {
        String name = "java_plain_" + ++made + "_" + System.nanoTime();
        run("CREATE TABLE " + name + " (id bigint, name string);");
        return name;
    }

    private String everyTypeTable() throws OdpsException {
        String name = "java_all_" + ++made + "_" + System.nanoTime();
        run("CREATE TABLE IF NOT EXISTS " + name + " (" + OdpsRows.COLUMNS + ") COMMENT 'all types' "
                + "PARTITIONED BY (pt string, region string) LIFECYCLE 7;");
        odps.tables().get(name).createPartition(new PartitionSpec("pt='1',region='x'"), true);
        return name;
    }

    private void write(TableTunnel.UploadSession session, RecordWriter writer, Object[]... rows)
            throws Exception {
        for (Object[] row : rows) {
            Record record = session.newRecord();
            OdpsRows.fill(record, row);
            writer.write(record);
        }
        writer.close();
    }

    private void put(TableTunnel.UploadSession session, long block, Object[]... rows) throws Exception {
        write(session, session.openRecordWriter(block), rows);
    }

    private static Object[] row(Object... values) {
        return values;
    }

    /** The rows as text. */
    private List<String> read(TableTunnel.DownloadSession session, long start, long count,
            boolean compress, List<Column> columns) throws Exception {
        List<String> rows = new ArrayList<>();
        try (RecordReader reader = columns == null
                ? session.openRecordReader(start, count, compress)
                : session.openRecordReader(start, count, compress, columns)) {
            for (Record record; (record = reader.read()) != null;) rows.add(OdpsRows.text(record));
        }
        return rows;
    }

    private List<String> all(String table) throws Exception {
        TableTunnel.DownloadSession session = tunnel.createDownloadSession(project, table);
        return read(session, 0, session.getRecordCount(), false, null);
    }

    private List<String> all(String table, PartitionSpec spec, boolean compress) throws Exception {
        TableTunnel.DownloadSession session = tunnel.createDownloadSession(project, table, spec);
        return read(session, 0, session.getRecordCount(), compress, null);
    }

    private static void expect(Object wanted, Object found) {
        if (!wanted.equals(found)) throw new AssertionError("not " + wanted + " but " + found);
    }

    /** What must fail, with this code or text in it. */
    private static void refused(String what, Case call) throws Exception {
        try {
            call.run();
        } catch (OdpsException | java.io.IOException e) {
            String code = e instanceof TunnelException ? ((TunnelException) e).getErrorCode()
                    : e instanceof OdpsException ? ((OdpsException) e).getErrorCode() : "";
            if (what.equals(code) || String.valueOf(e.getMessage()).contains(what)) return;
            throw new AssertionError("not " + what + " but " + code + ": " + e.getMessage());
        }
        throw new AssertionError("no " + what);
    }

    // ---- tables

    private void tables() throws Exception {
        String name = everyTypeTable();
        Table table = odps.tables().get(name);
        table.reload();
        StringBuilder columns = new StringBuilder();
        for (Column column : table.getSchema().getColumns())
            columns.append(columns.length() == 0 ? "" : ", ").append(column.getName()).append(' ')
                    .append(column.getTypeInfo().getTypeName().toLowerCase().replace("`", ""));
        expect(OdpsRows.COLUMNS, columns.toString());
        expect(2, table.getSchema().getPartitionColumns().size());
        expect("all types", table.getComment());
        expect(7L, table.getLife());
        expect(true, table.isPartitioned());
        expect(true, odps.tables().exists(name));
        expect(true, odps.projects().exists(project));
        boolean listed = false;
        for (Table one : odps.tables()) listed |= one.getName().equals(name);
        expect(true, listed);
        odps.tables().delete(name);
        expect(false, odps.tables().exists(name));
        odps.tables().delete(name, true);
    }

    private void partitions() throws Exception {
        Table table = odps.tables().get(everyTypeTable());
        PartitionSpec spec = new PartitionSpec("pt='2',region='y z'");
        table.createPartition(spec);
        refused("already exists", () -> table.createPartition(spec));
        table.createPartition(spec, true);
        List<String> names = new ArrayList<>();
        for (Partition one : table.getPartitions()) names.add(one.getPartitionSpec().toString());
        expect(Arrays.asList("pt='1',region='x'", "pt='2',region='y z'"), names);
        expect(true, table.hasPartition(spec));
        table.deletePartition(spec);
        expect(false, table.hasPartition(spec));
        table.deletePartition(spec, true);
    }

    // ---- uploads

    private void everyType() throws Exception {
        String table = everyTypeTable();
        PartitionSpec spec = new PartitionSpec("pt=1,region=x");
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table, spec);
        List<Object[]> rows = OdpsRows.all();
        put(session, 2, rows.get(3));
        put(session, 0, rows.get(0), rows.get(1));
        put(session, 1, rows.get(2));
        expect(Arrays.asList(0L, 1L, 2L), Arrays.asList(session.getBlockList()));
        session.commit(new Long[] {0L, 1L, 2L});
        expect("CLOSED", session.getStatus().toString());
        List<String> wanted = new ArrayList<>();
        for (Object[] row : rows) wanted.add(OdpsRows.text(row));
        expect(wanted, all(table, spec, false));
        expect(wanted, all(table, spec, true));
    }

    private void compressed() throws Exception {
        String table = plain();
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table);
        write(session, session.openRecordWriter(0, true), row(1L, "a"), row(2L, null));
        session.commit();
        expect(Arrays.asList("[1, a]", "[2, null]"), all(table));
    }

    private void recordPacks() throws Exception {
        String table = plain();
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table);
        for (long block = 0; block < 2; ++block) {
            RecordPack pack = session.newRecordPack();
            Record record = session.newRecord();
            OdpsRows.fill(record, row(block, "pack"));
            pack.append(record);
            session.writeBlock(block, pack);
        }
        session.commit(new Long[] {0L, 1L});
        expect(Arrays.asList("[0, pack]", "[1, pack]"), all(table));
    }

    private void bufferedWriter() throws Exception {
        String table = plain();
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table);
        write(session, session.openBufferedWriter(), row(1L, "a"), row(2L, "b"));
        session.commit();
        expect(2, all(table).size());
    }

    private void sameBlock() throws Exception {
        String table = plain();
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table);
        put(session, 0, row(1L, "first"), row(2L, "first"));
        put(session, 0, row(3L, "second"));
        session.commit(new Long[] {0L});
        expect(Arrays.asList("[3, second]"), all(table));
    }

    private void twoSessions() throws Exception {
        String table = plain();
        TableTunnel.UploadSession first = tunnel.createUploadSession(project, table);
        TableTunnel.UploadSession second = tunnel.createUploadSession(project, table);
        put(first, 0, row(1L, "a"));
        put(second, 0, row(2L, "b"));
        expect(Collections.emptyList(), all(table));
        tunnel.getUploadSession(project, table, second.getId()).commit(new Long[] {0L});
        first.commit(new Long[] {0L});
        expect(Arrays.asList("[2, b]", "[1, a]"), all(table));
    }

    private void overwrite() throws Exception {
        String table = plain();
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table);
        put(session, 0, row(1L, "a"));
        session.commit();
        session = tunnel.createUploadSession(project, table, true);
        put(session, 0, row(2L, "b"));
        session.commit();
        expect(Arrays.asList("[2, b]"), all(table));
    }

    private void commits() throws Exception {
        String table = plain();
        tunnel.createUploadSession(project, table).commit(new Long[] {});
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table);
        put(session, 0, row(1L, "a"));
        refused("Blocks not match", () -> session.commit(new Long[] {}));
        refused("Block not ex", () -> session.commit(new Long[] {1L}));
        session.commit(new Long[] {0L});
        refused("StatusConflict", session::commit);
        refused("StatusConflict", () -> put(session, 1, row(2L, "b")));
        TableTunnel.UploadSession other = tunnel.createUploadSession(project, table);
        refused("InvalidBlockID", () -> put(other, 20000, row(2L, "b")));
        expect(Arrays.asList("[1, a]"), all(table));
    }

    // ---- downloads

    private void ranges() throws Exception {
        String table = plain();
        expect(Collections.emptyList(), all(table));
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table);
        for (long block = 0; block < 3; ++block)
            put(session, block, row(2 * block, "n" + block), row(2 * block + 1, null));
        session.commit();
        TableTunnel.DownloadSession reads = tunnel.createDownloadSession(project, table);
        expect(6L, reads.getRecordCount());
        expect(6L, tunnel.getDownloadSession(project, table, reads.getId()).getRecordCount());
        expect(Arrays.asList("[1, null]", "[2, n1]", "[3, null]"), read(reads, 1, 3, false, null));
        List<Column> names = Arrays.asList(reads.getSchema().getColumn("name"));
        expect(Arrays.asList("[n1]", "[null]"), read(reads, 2, 2, true, names));
        refused("InvalidRowRange", () -> read(reads, 4, 3, false, null));
        session = tunnel.createUploadSession(project, table, true);
        session.commit();
        refused("TableModified", () -> read(reads, 0, 1, false, null));
    }

    private void truncate() throws Exception {
        String table = everyTypeTable();
        PartitionSpec spec = new PartitionSpec("pt=1,region=x");
        TableTunnel.UploadSession session = tunnel.createUploadSession(project, table, spec);
        put(session, 0, OdpsRows.all().get(1));
        session.commit();
        run("alter table " + table + " drop IF EXISTS partition(pt='1',region='x');");
        run("alter table " + table + " add IF NOT EXISTS partition(pt='1',region='x');");
        expect(Collections.emptyList(), all(table, spec, false));
        String other = plain();
        session = tunnel.createUploadSession(project, other);
        put(session, 0, row(1L, "a"));
        session.commit();
        run("truncate table " + other + ";");
        expect(Collections.emptyList(), all(other));
    }

    // ---- refusals

    private void missing() throws Exception {
        refused("ODPS-0130131:Table not found", () -> odps.tables().get("nothere").reload());
        refused("NoSuchTable", () -> tunnel.createUploadSession(project, "nothere"));
        String table = plain();
        refused("NoSuchUpload", () -> tunnel.getUploadSession(project, table, "nothere"));
        refused("NoSuchDownload", () -> tunnel.getDownloadSession(project, table, "nothere"));
        refused("ODPS-0420111: Project not found", () -> odps.tables().get("elsewhere", table).reload());
    }

    private void partitionSpecs() throws Exception {
        String table = everyTypeTable();
        String[][] all = {{"pt=1", "InvalidPartitionSpec"}, {"nosuch=1,region=2", "InvalidPartitionSpec"},
                {"pt=never,region=x", "NoSuchPartition"}};
        for (String[] one : all) {
            PartitionSpec spec = new PartitionSpec(one[0]);
            refused(one[1], () -> tunnel.createUploadSession(project, table, spec));
            refused(one[1], () -> tunnel.createDownloadSession(project, table, spec));
        }
        refused("MissingPartitionSpec", () -> tunnel.createUploadSession(project, table));
    }

    private void sql() throws Exception {
        String table = plain();
        run("insert into " + table + " values (1, 'a'), (2, null); insert into " + table
                + " values (3, 'x<y&z')");
        expect("\"n\"\n3\n", run("SELECT COUNT(1) AS n FROM " + table + ";"));
        expect("\"id\",\"name\"\n2,\\N\n", run("select * from " + table + " where id = 2;"));
        expect("\"name\"\nx<y&z\n", run("select name from " + project + ".`" + table + "` where id=3;"));
        refused("ODPS-0130131:[1,22] Table not found", () -> run("SELECT COUNT(1) FROM nothere;"));
        refused("ODPS-0130161:[1,1] Parse exception", () -> run("frobnicate;"));
    }

    private void wrongKeys() throws Exception {
        String table = plain();
        String[][] all = {{args[2], "wrong", "ODPS-0410042:Invalid signature value"},
                {"nobody", args[3], "ODPS-0410051:Invalid credentials"}};
        for (String[] one : all) {
            Odps other = connect(one[0], one[1]);
            refused(one[2], () -> other.tables().get(table).reload());
            TableTunnel wrong = new TableTunnel(other);
            wrong.setEndpoint(args[0]);
            refused(one[2], () -> wrong.createUploadSession(project, table));
        }
    }
}
