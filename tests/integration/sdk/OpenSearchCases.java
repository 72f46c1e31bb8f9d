import com.aliyun.opensearch.AppClient;
import com.aliyun.opensearch.DocumentClient;
import com.aliyun.opensearch.OpenSearchClient;
import com.aliyun.opensearch.SearcherClient;
import com.aliyun.opensearch.search.DeepPageingIterator;
import com.aliyun.opensearch.sdk.dependencies.org.json.JSONArray;
import com.aliyun.opensearch.sdk.dependencies.org.json.JSONObject;
import com.aliyun.opensearch.sdk.generated.OpenSearch;
import com.aliyun.opensearch.sdk.generated.commons.OpenSearchException;
import com.aliyun.opensearch.sdk.generated.search.*;
import java.util.*;

/** Judges the stand-in's OpenSearch with the official Java SDK: ENDPOINT APP KEYID SECRET. */
final class OpenSearchCases {
    private static final String TABLE = "main";

    private final String endpoint;
    private final String app;
    private final String id;
    private final String secret;
    private final OpenSearchClient client;
    private final DocumentClient documents;
    private final SearcherClient searcher;

    public static void main(String[] args) {
        if (args.length != 4) {
            System.err.println("OpenSearchCases ENDPOINT APP KEYID SECRET");
            System.exit(2);
        }
        Judge judge = new Judge();
        judge.run(new OpenSearchCases(args).cases());
        System.exit(judge.verdict());
    }

    OpenSearchCases(String[] args) {
        endpoint = args[0];
        app = args[1];
        id = args[2];
        secret = args[3];
        client = client(id, secret);
        documents = new DocumentClient(client);
        searcher = new SearcherClient(client);
    }

    private OpenSearchClient client(String id, String secret) {
        return new OpenSearchClient(new OpenSearch(id, secret, endpoint));
    }

    Map<String, Cloud.Case> cases() {
        Map<String, Cloud.Case> cases = new LinkedHashMap<>();
        cases.put("add and find", this::addAndFind);
        cases.put("add replaces, update keeps", this::addReplacesUpdateKeeps);
        cases.put("remove", this::remove);
        cases.put("text of every kind", this::texts);
        cases.put("timestamps order", this::timestamps);
        cases.put("a push again changes nothing", this::pushAgain);
        cases.put("filter, sort, page", this::filterSortPage);
        cases.put("a big push", this::bigPush);
        cases.put("a scan gives all documents", this::scan);
        cases.put("application information", this::application);
        cases.put("wrong keys", this::wrongKeys);
        cases.put("refused pushes", this::refusedPushes);
        return cases;
    }

    private static Map<String, Object> fields(Object... pairs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) fields.put((String) pairs[i], pairs[i + 1]);
        return fields;
    }

    private void push(String json) throws Exception {
        Cloud.expectEqual("true", documents.push(json, app, TABLE).getResult());
    }

    private SearchParams params(String query, int start, int hits) {
        Config config = new Config(List.of(app));
        config.setStart(start).setHits(hits).setSearchFormat(SearchFormat.JSON);
        return new SearchParams(config).setQuery(query);
    }

    private JSONObject search(SearchParams params) throws Exception {
        JSONObject answer = new JSONObject(searcher.execute(params).getResult());
        Cloud.expectEqual("OK", answer.getString("status"));
        return answer.getJSONObject("result");
    }

    private JSONObject document(String id) throws Exception {
        JSONArray items = search(params("id:'" + id + "'", 0, 10)).getJSONArray("items");
        return items.length() == 0 ? null : items.getJSONObject(0);
    }

    private long count() throws Exception {
        return search(params("''", 0, 1)).getLong("total");
    }

    private static String ids(JSONObject result) {
        StringBuilder ids = new StringBuilder();
        JSONArray items = result.getJSONArray("items");
        for (int i = 0; i < items.length(); ++i) ids.append(items.getJSONObject(i).getString("id")).append(' ');
        return ids.toString().trim();
    }

    private static void refused(int code, Cloud.Case what) throws Exception {
        try {
            what.run();
        } catch (OpenSearchException e) {
            Cloud.expectEqual(code, e.getCode());
            Cloud.expect(!e.getRequestId().isEmpty(), "a request id");
            return;
        }
        throw new AssertionError(code + " was expected");
    }

    private void addAndFind() throws Exception {
        for (int i = 0; i < 3; ++i) documents.add(fields("id", "k" + i, "title", "hello " + i, "n", i));
        Cloud.expectEqual("true", documents.commit(app, TABLE).getResult());
        JSONObject found = document("k1");
        Cloud.expectEqual("hello 1", found.getString("title"));
        Cloud.expectEqual("1", found.getString("n"));
        Cloud.expectEqual(null, document("nobody"));
        Cloud.expectEqual(3L, count());
    }

    private void addReplacesUpdateKeeps() throws Exception {
        documents.add(fields("id", "k0", "title", "again"));
        documents.update(fields("id", "k1", "title", "changed"));
        documents.commit(app, TABLE);
        Cloud.expect(!document("k0").has("n"), "add replaces the whole document");
        Cloud.expectEqual("1", document("k1").getString("n"));
        Cloud.expectEqual("changed", document("k1").getString("title"));
    }

    private void remove() throws Exception {
        documents.remove(fields("id", "k2"));
        documents.remove(fields("id", "never-was"));
        documents.commit(app, TABLE);
        Cloud.expectEqual(null, document("k2"));
    }

    private void texts() throws Exception {
        String text = "\u76ee\u5f55 \"q\" a&b=c+d%e/*~' \ud83d\ude00";
        documents.add(fields("id", "u'1", "title", text, "n", 9007199254740993L));
        documents.commit(app, TABLE);
        JSONObject found = document("u\\'1");
        Cloud.expectEqual(text, found.getString("title"));
        Cloud.expectEqual("9007199254740993", found.getString("n"));
    }

    private void timestamps() throws Exception {
        push("[{\"cmd\":\"add\",\"timestamp\":2000000000000,\"fields\":{\"id\":\"t\",\"title\":\"new\"}}]");
        push("[{\"cmd\":\"add\",\"timestamp\":1000000000000,\"fields\":{\"id\":\"t\",\"title\":\"old\"}}]");
        Cloud.expectEqual("new", document("t").getString("title"));
    }

    private void pushAgain() throws Exception {
        for (int i = 0; i < 2; ++i) push("[{\"cmd\":\"add\",\"fields\":{\"id\":\"r\",\"title\":\"x\"}}]");
        long before = count();
        push("[{\"cmd\":\"add\",\"fields\":{\"id\":\"r\",\"title\":\"x\"}}]");
        Cloud.expectEqual(before, count());
    }

    private void filterSortPage() throws Exception {
        for (int i = 0; i < 4; ++i) documents.add(fields("id", "f" + i, "n", 9 + i, "tag", i % 2 == 0 ? "even" : "odd"));
        documents.commit(app, TABLE);
        SearchParams params = params("''", 0, 2).setFilter("n>=10 AND n<100");
        params.setSort(new Sort(List.of(new SortField("n", Order.DECREASE))));
        Cloud.expectEqual("f3 f2", ids(search(params)));
        Cloud.expectEqual("f1 f3", ids(search(params("''", 0, 9).setFilter("tag=\"odd\""))));
        JSONObject refused = new JSONObject(searcher.execute(params("''", 4990, 11)).getResult());
        Cloud.expectEqual("FAIL", refused.getString("status"));
    }

    private void bigPush() throws Exception {
        String kilo = "x".repeat(1000);
        long before = count();
        for (int i = 0; i < 1000; ++i) documents.add(fields("id", String.format("b%04d", i), "title", kilo));
        documents.commit(app, TABLE);
        Cloud.expectEqual(before + 1000, count());
    }

    private void scan() throws Exception {
        SearchParams params = params("''", 0, 300);
        params.setDeepPaging(new DeepPaging("1m"));
        DeepPageingIterator pages = new DeepPageingIterator(searcher, params);
        pages.setPagingIntervals(1);
        Set<String> found = new HashSet<>();
        while (pages.hasNext()) {
            JSONArray items = new JSONObject(pages.next()).getJSONObject("result").getJSONArray("items");
            for (int i = 0; i < items.length(); ++i)
                Cloud.expect(found.add(items.getJSONObject(i).getString("id")), "each document once");
        }
        Cloud.expectEqual(count(), (long) found.size());
    }

    @SuppressWarnings("deprecation")
    private void application() throws Exception {
        JSONObject info = new JSONObject(new AppClient(client).getById(app).getResult());
        Cloud.expectEqual(app, info.getString("name"));
        Cloud.expectEqual("advance", info.getString("type"));
        refused(2001, () -> new AppClient(client).getById("nosuch"));
    }

    private void wrongKeys() throws Exception {
        String push = "[{\"cmd\":\"add\",\"fields\":{\"id\":\"no\"}}]";
        refused(5001, () -> new DocumentClient(client("nobody", secret)).push(push, app, TABLE));
        refused(4003, () -> new DocumentClient(client(id, "wrong")).push(push, app, TABLE));
        Cloud.expectEqual(null, document("no"));
    }

    private void refusedPushes() throws Exception {
        refused(3012, () -> documents.push("[{\"cmd\":\"add\",\"fields\":{\"id\":\"no\"}}]", app, "nosuchtable"));
        refused(2001, () -> documents.push("[{\"cmd\":\"add\",\"fields\":{\"id\":\"no\"}}]", "nosuch", TABLE));
        refused(3006, () -> push("[{\"cmd\":\"frob\",\"fields\":{\"id\":\"no\"}}]"));
        refused(3009, () -> push("[{\"cmd\":\"add\",\"fields\":{\"title\":\"no\"}}]"));
        refused(3001, () -> push("[]"));
        Cloud.expectEqual(null, document("no"));
    }
}
