import com.alicloud.openservices.tablestore.*;
import com.alicloud.openservices.tablestore.model.*;
import com.alicloud.openservices.tablestore.model.condition.*;
import com.alicloud.openservices.tablestore.model.filter.*;
import java.util.*;

/** Tables, rows, conditions, ranges and errors. */
final class RowCases extends Cloud {
    RowCases(String[] args) {
        super(args);
    }

    Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("tables", this::tables);
        cases.put("rows", this::rows);
        cases.put("types", this::types);
        cases.put("versions", this::versions);
        cases.put("conditions", this::conditions);
        cases.put("batches", this::batches);
        cases.put("ranges", this::ranges);
        cases.put("filters", this::filters);
        cases.put("key columns", this::keyColumns);
        cases.put("errors", this::errors);
        cases.put("split points", this::splitPoints);
        return cases;
    }

    private void tables() {
        create("tables_a", 1, true);
        create("tables_b", 3, false);
        List<String> names = client.listTable().getTableNames();
        expect(names.contains("tables_a") && names.contains("tables_b"), "both are listed");
        DescribeTableResponse a = client.describeTable(new DescribeTableRequest("tables_a"));
        expectEqual("tables_a", a.getTableMeta().getTableName());
        expectEqual(List.of("pk", "sk"), new ArrayList<>(a.getTableMeta().getPrimaryKeyMap().keySet()));
        expectEqual(PrimaryKeyType.INTEGER, a.getTableMeta().getPrimaryKeyMap().get("sk"));
        expect(a.getStreamDetails().isEnableStream(), "stream is on");
        expectEqual(24, a.getStreamDetails().getExpirationTime());
        DescribeTableResponse b = client.describeTable(new DescribeTableRequest("tables_b"));
        expectEqual(3, b.getTableOptions().getMaxVersions());
        expect(!b.getStreamDetails().isEnableStream(), "stream is off");
        expectError("OTSObjectAlreadyExist", () -> create("tables_a", 1, true));
        client.deleteTable(new DeleteTableRequest("tables_b"));
        expectError("OTSObjectNotExist", () -> client.describeTable(new DescribeTableRequest("tables_b")));
        expect(!client.listTable().getTableNames().contains("tables_b"), "it is gone");
    }

    private void rows() {
        create("rows", 1, false);
        put("rows", "a", 1, "x", "one", "y", "two");
        expectEqual("one", text(get("rows", "a", 1), "x"));
        put("rows", "a", 1, "y", "three");
        expectEqual(null, text(get("rows", "a", 1), "x"));
        RowUpdateChange update = new RowUpdateChange("rows", key("a", 1));
        update.put("z", ColumnValue.fromString("新"));
        update.deleteColumns("y");
        client.updateRow(new UpdateRowRequest(update));
        expectEqual("新", text(get("rows", "a", 1), "z"));
        expectEqual(null, text(get("rows", "a", 1), "y"));
        RowUpdateChange count = new RowUpdateChange("rows", key("c", 1));
        count.increment(new Column("n", ColumnValue.fromLong(5)));
        count.setReturnType(ReturnType.RT_AFTER_MODIFY);
        count.addReturnColumn("n");
        client.updateRow(new UpdateRowRequest(count));
        UpdateRowResponse counted = client.updateRow(new UpdateRowRequest(count));
        expectEqual(10L, counted.getRow().getLatestColumn("n").getValue().asLong());
        expectEqual(10L, get("rows", "c", 1).getLatestColumn("n").getValue().asLong());
        client.deleteRow(new DeleteRowRequest(new RowDeleteChange("rows", key("a", 1))));
        expect(get("rows", "a", 1) == null, "the row is gone");
        client.deleteRow(new DeleteRowRequest(new RowDeleteChange("rows", key("never", 1))));
    }

    private void types() {
        create("types", 1, false);
        RowPutChange put = new RowPutChange("types", key("t", Long.MIN_VALUE));
        put.addColumn("i", ColumnValue.fromLong(Long.MAX_VALUE));
        put.addColumn("d", ColumnValue.fromDouble(-0.1));
        put.addColumn("b", ColumnValue.fromBoolean(true));
        put.addColumn("s", ColumnValue.fromString("\"引\", 😀\n\0"));
        put.addColumn("x", ColumnValue.fromBinary(new byte[] {0, -1, 117, 10}));
        put.addColumn("e", ColumnValue.fromString(""));
        client.putRow(new PutRowRequest(put));
        Row row = get("types", "t", Long.MIN_VALUE);
        for (Column column : put.getColumnsToPut())
            expectEqual(column.getValue(), row.getLatestColumn(column.getName()).getValue());
        expectEqual(6, row.getColumns().length);
        SingleRowQueryCriteria one = new SingleRowQueryCriteria("types", key("t", Long.MIN_VALUE));
        one.setMaxVersions(1);
        one.addColumnsToGet(List.of("d", "absent"));
        expectEqual(1, client.getRow(new GetRowRequest(one)).getRow().getColumns().length);
    }

    private void versions() {
        create("versions", 3, false);
        long now = System.currentTimeMillis();
        for (int i = 0; i < 5; ++i) {
            RowUpdateChange update = new RowUpdateChange("versions", key("v", 1));
            update.put("c", ColumnValue.fromLong(i), now + i);
            client.updateRow(new UpdateRowRequest(update));
        }
        SingleRowQueryCriteria query = new SingleRowQueryCriteria("versions", key("v", 1));
        query.setMaxVersions(10);
        List<Column> all = client.getRow(new GetRowRequest(query)).getRow().getColumn("c");
        expectEqual(3, all.size());
        expectEqual(now + 4, all.get(0).getTimestamp());
        query.setTimeRange(new TimeRange(now + 3, now + 4));
        expectEqual(1, client.getRow(new GetRowRequest(query)).getRow().getColumn("c").size());
        RowUpdateChange drop = new RowUpdateChange("versions", key("v", 1));
        drop.deleteColumn("c", now + 4);
        client.updateRow(new UpdateRowRequest(drop));
        expectEqual(3L, get("versions", "v", 1).getLatestColumn("c").getValue().asLong());
    }

    private void conditions() {
        create("conditions", 1, false);
        RowPutChange put = new RowPutChange("conditions", key("a", 1));
        put.addColumn("n", ColumnValue.fromLong(1));
        put.setCondition(new Condition(RowExistenceExpectation.EXPECT_EXIST));
        expectError("OTSConditionCheckFail", () -> client.putRow(new PutRowRequest(put)));
        put.setCondition(new Condition(RowExistenceExpectation.EXPECT_NOT_EXIST));
        client.putRow(new PutRowRequest(put));
        expectError("OTSConditionCheckFail", () -> client.putRow(new PutRowRequest(put)));
        RowUpdateChange update = new RowUpdateChange("conditions", key("a", 1));
        update.put("n", ColumnValue.fromLong(2));
        Condition isOne = new Condition(RowExistenceExpectation.IGNORE);
        isOne.setColumnCondition(new SingleColumnValueCondition(
                "n", SingleColumnValueCondition.CompareOperator.EQUAL, ColumnValue.fromLong(1)));
        update.setCondition(isOne);
        client.updateRow(new UpdateRowRequest(update));
        expectError("OTSConditionCheckFail", () -> client.updateRow(new UpdateRowRequest(update)));
        CompositeColumnValueCondition both =
                new CompositeColumnValueCondition(CompositeColumnValueCondition.LogicOperator.AND);
        both.addCondition(new SingleColumnValueCondition(
                "n", SingleColumnValueCondition.CompareOperator.GREATER_THAN, ColumnValue.fromLong(1)));
        SingleColumnValueCondition absent = new SingleColumnValueCondition(
                "m", SingleColumnValueCondition.CompareOperator.EQUAL, ColumnValue.fromLong(1));
        absent.setPassIfMissing(false);
        both.addCondition(absent);
        RowDeleteChange delete = new RowDeleteChange("conditions", key("a", 1));
        Condition condition = new Condition(RowExistenceExpectation.EXPECT_EXIST);
        condition.setColumnCondition(both);
        delete.setCondition(condition);
        expectError("OTSConditionCheckFail", () -> client.deleteRow(new DeleteRowRequest(delete)));
        absent.setPassIfMissing(true);
        client.deleteRow(new DeleteRowRequest(delete));
    }

    private void batches() {
        create("batches", 1, false);
        BatchWriteRowRequest write = new BatchWriteRowRequest();
        for (int i = 0; i < 10; ++i) {
            RowPutChange put = new RowPutChange("batches", key("b", i));
            put.addColumn("c", ColumnValue.fromLong(i));
            if (i == 4) put.setCondition(new Condition(RowExistenceExpectation.EXPECT_EXIST));
            write.addRowChange(put);
        }
        BatchWriteRowResponse written = client.batchWriteRow(write);
        expectEqual(1, written.getFailedRows().size());
        expectEqual("OTSConditionCheckFail", written.getFailedRows().get(0).getError().getCode());
        expectEqual(4, written.getFailedRows().get(0).getIndex());
        MultiRowQueryCriteria rows = new MultiRowQueryCriteria("batches");
        for (int i = 9; i >= 0; --i) rows.addRow(key("b", i));
        rows.setMaxVersions(1);
        BatchGetRowRequest read = new BatchGetRowRequest();
        read.addMultiRowQueryCriteria(rows);
        List<BatchGetRowResponse.RowResult> got = client.batchGetRow(read).getBatchGetRowResult("batches");
        expectEqual(10, got.size());
        for (int i = 0; i < 10; ++i) {
            Row row = got.get(9 - i).getRow();
            if (i == 4) expect(row == null, "the refused row is not there");
            else expectEqual((long) i, row.getLatestColumn("c").getValue().asLong());
        }
    }

    private void ranges() {
        create("ranges", 1, false);
        for (int i = 0; i < 50; ++i) put("ranges", "k" + i / 10, i, "c", "v" + i);
        expectEqual(50, range("ranges", Direction.FORWARD, 0).size());
        List<Long> back = range("ranges", Direction.BACKWARD, 7);
        expectEqual(50, back.size());
        expectEqual(49L, back.get(0));
        RangeRowQueryCriteria query = new RangeRowQueryCriteria("ranges");
        query.setInclusiveStartPrimaryKey(key("k1", 12));
        query.setExclusiveEndPrimaryKey(key("k2", 20));
        query.setMaxVersions(1);
        int seen = 0;
        for (PrimaryKey next = query.getInclusiveStartPrimaryKey(); next != null; ) {
            query.setInclusiveStartPrimaryKey(next);
            GetRangeResponse page = client.getRange(new GetRangeRequest(query));
            seen += page.getRows().size();
            next = page.getNextStartPrimaryKey();
        }
        expectEqual(8, seen);
        RangeIteratorParameter all = new RangeIteratorParameter("ranges");
        all.setInclusiveStartPrimaryKey(bounds(PrimaryKeyValue.INF_MIN));
        all.setExclusiveEndPrimaryKey(bounds(PrimaryKeyValue.INF_MAX));
        all.setMaxVersions(1);
        all.setMaxCount(33);
        int count = 0;
        for (Iterator<Row> it = client.createRangeIterator(all); it.hasNext(); it.next()) ++count;
        expectEqual(33, count);
    }

    private void filters() {
        create("filters", 1, false);
        for (int i = 0; i < 20; ++i) put("filters", "f", i, i % 2 == 0 ? "even" : "odd", "v" + i % 5);
        SingleColumnValueFilter filter = new SingleColumnValueFilter(
                "even", SingleColumnValueFilter.CompareOperator.EQUAL, ColumnValue.fromString("v0"));
        filter.setPassIfMissing(false);
        expectEqual(2, filtered("filters", filter));
        filter.setPassIfMissing(true);
        expectEqual(12, filtered("filters", filter));
        CompositeColumnValueFilter not = new CompositeColumnValueFilter(CompositeColumnValueFilter.LogicOperator.NOT);
        filter.setPassIfMissing(false);
        not.addFilter(filter);
        expectEqual(18, filtered("filters", not));
        expectEqual(0, filtered("filters", new ColumnPaginationFilter(1, 1)) - 20);
    }

    private void keyColumns() {
        TableMeta meta = new TableMeta("keys");
        meta.addPrimaryKeyColumn("a", PrimaryKeyType.BINARY);
        meta.addPrimaryKeyColumn("b", PrimaryKeyType.STRING);
        meta.addPrimaryKeyColumn("c", PrimaryKeyType.INTEGER);
        client.createTable(new CreateTableRequest(meta, new TableOptions(-1, 1)));
        PrimaryKey key = PrimaryKeyBuilder.createPrimaryKeyBuilder()
                .addPrimaryKeyColumn("a", PrimaryKeyValue.fromBinary(new byte[] {0, 1}))
                .addPrimaryKeyColumn("b", PrimaryKeyValue.fromString("键"))
                .addPrimaryKeyColumn("c", PrimaryKeyValue.fromLong(-7))
                .build();
        RowPutChange put = new RowPutChange("keys", key);
        put.addColumn("x", ColumnValue.fromLong(1));
        client.putRow(new PutRowRequest(put));
        SingleRowQueryCriteria query = new SingleRowQueryCriteria("keys", key);
        query.setMaxVersions(1);
        expectEqual(key, client.getRow(new GetRowRequest(query)).getRow().getPrimaryKey());
    }

    private void errors() {
        expectError("OTSObjectNotExist", () -> get("no_such_table", "a", 1));
        create("errors", 1, false);
        PrimaryKey half = PrimaryKeyBuilder.createPrimaryKeyBuilder()
                .addPrimaryKeyColumn("pk", PrimaryKeyValue.fromString("a")).build();
        expectError("OTSInvalidPK", () -> client.putRow(new PutRowRequest(
                new RowPutChange("errors", half).addColumn("x", ColumnValue.fromLong(1)))));
        for (SyncClient stranger : List.of(client(args[1], args[2], "wrong-secret"),
                client(args[1], "wrong-id", args[3]), client("wrong-inst", args[2], args[3]))) {
            expectError("OTSAuthFailed", stranger::listTable);
            stranger.shutdown();
        }
    }

    private void splitPoints() {
        create("points", 1, false);
        StringBuilder big = new StringBuilder();
        for (int i = 0; i < 20_000; ++i) big.append('x');
        for (int i = 0; i < 100; ++i) put("points", "k" + (char) ('a' + i % 26), i, "c", big.toString());
        ComputeSplitsBySizeRequest request = new ComputeSplitsBySizeRequest();
        request.setTableName("points");
        request.setSplitSizeIn100MB(1);
        List<Split> splits = client.computeSplitsBySize(request).getSplits();
        expect(!splits.isEmpty(), "there is at least one split");
        expect(splits.get(0).getLowerBound().getPrimaryKeyColumn(0).getValue().isInfMin(), "it begins at the start");
        Split last = splits.get(splits.size() - 1);
        expect(last.getUpperBound().getPrimaryKeyColumn(0).getValue().isInfMax(), "it ends at the end");
    }
}
