import com.aliyun.odps.data.Binary;
import com.aliyun.odps.data.Char;
import com.aliyun.odps.data.Record;
import com.aliyun.odps.data.SimpleStruct;
import com.aliyun.odps.data.Struct;
import com.aliyun.odps.data.Varchar;
import com.aliyun.odps.type.StructTypeInfo;
import com.aliyun.odps.type.TypeInfoFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rows of every type, and values as text so that two of them can be compared. */
final class OdpsRows {
    static final String COLUMNS = "c_bigint bigint, c_double double, c_string string, c_boolean boolean, "
            + "c_datetime datetime, c_decimal decimal(38,18), c_tinyint tinyint, c_smallint smallint, "
            + "c_int int, c_float float, c_binary binary, c_varchar varchar(20), c_char char(5), "
            + "c_date date, c_timestamp timestamp, c_array array<bigint>, c_map map<string,bigint>, "
            + "c_struct struct<a:bigint,b:string>";

    private static final StructTypeInfo STRUCT = TypeInfoFactory.getStructTypeInfo(
            Arrays.asList("a", "b"), Arrays.asList(TypeInfoFactory.BIGINT, TypeInfoFactory.STRING));

    private OdpsRows() {}

    private static Timestamp timestamp(long seconds, int nanos) {
        Timestamp time = new Timestamp(seconds * 1000);
        time.setNanos(nanos);
        return time;
    }

    private static Struct struct(Long a, String b) {
        return new SimpleStruct(STRUCT, new ArrayList<Object>(Arrays.asList(a, b)));
    }

    private static Map<String, Long> map(String key, Long value) {
        Map<String, Long> made = new LinkedHashMap<>();
        made.put(key, value);
        return made;
    }

    /** Ordinary, nulls, lowest, highest. */
    static List<Object[]> all() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; ++i) bytes[i] = (byte) i;
        Object[] ordinary = {1L, 1.5, "hello", true, new Date(1577934245678L), new BigDecimal("123.456"),
                (byte) 7, (short) 300, 70000, 0.25f, new Binary(new byte[] {0, 1, -1}),
                new Varchar("varchar"), new Char("char5"), java.sql.Date.valueOf("2020-02-29"),
                timestamp(1577934245, 123456789), Arrays.asList(1L, null, -3L), map("k", 1L),
                struct(5L, "five")};
        Object[] lowest = {Long.MIN_VALUE + 1, -1e-300, "", false, new Date(-1),
                new BigDecimal("-99999999999999999999.000000000000000001"), Byte.MIN_VALUE,
                Short.MIN_VALUE, Integer.MIN_VALUE, -3.5f, new Binary(new byte[0]), new Varchar(""),
                new Char(""), java.sql.Date.valueOf("1969-12-31"), timestamp(-2, 1),
                Collections.emptyList(), Collections.emptyMap(), struct(null, null)};
        Object[] highest = {Long.MAX_VALUE, Double.MAX_VALUE, "中文😀\0\t line\n\"quote\"'", true,
                new Date(253402214400000L), new BigDecimal("99999999999999999999.999999999999999999"),
                Byte.MAX_VALUE, Short.MAX_VALUE, Integer.MAX_VALUE, Float.MAX_VALUE, new Binary(bytes),
                new Varchar("变长字符"), new Char("定长"), java.sql.Date.valueOf("9999-12-31"),
                timestamp(9214646400L, 999999999), Arrays.asList(Long.MAX_VALUE), map("键", -1L),
                struct(-1L, "")};
        return Arrays.asList(ordinary, new Object[ordinary.length], lowest, highest);
    }

    static void fill(Record record, Object[] row) {
        for (int i = 0; i < row.length; ++i) record.set(i, row[i]);
    }

    static String text(Record record) {
        Object[] row = new Object[record.getColumnCount()];
        for (int i = 0; i < row.length; ++i) row[i] = record.get(i);
        return text(row);
    }

    static String text(Object[] row) {
        List<String> texts = new ArrayList<>();
        for (Object value : row) texts.add(one(value));
        return texts.toString();
    }

    private static String one(Object value) {
        if (value instanceof byte[]) return new String((byte[]) value, StandardCharsets.UTF_8);
        if (value instanceof Binary) return Arrays.toString(((Binary) value).data());
        if (value instanceof Timestamp) return ((Timestamp) value).toInstant().toString();
        if (value instanceof java.sql.Date) return value.toString();
        if (value instanceof Date) return ((Date) value).toInstant().toString();
        if (value instanceof java.time.ZonedDateTime)
            return ((java.time.ZonedDateTime) value).toInstant().toString();
        if (value instanceof BigDecimal) return ((BigDecimal) value).stripTrailingZeros().toPlainString();
        if (value instanceof Struct) return text(((Struct) value).getFieldValues().toArray());
        if (value instanceof List) return text(((List<?>) value).toArray());
        if (value instanceof Map) {
            Map<String, String> sorted = new TreeMap<>();
            ((Map<?, ?>) value).forEach((key, item) -> sorted.put(one(key), one(item)));
            return sorted.toString();
        }
        return String.valueOf(value);
    }
}
