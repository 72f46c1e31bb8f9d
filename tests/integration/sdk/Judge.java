import java.util.Map;

/**
 * Judges the stand-in's Tablestore with the official Java SDK. Prints "N passed, N failed" and exits 1
 * when any failed.
 *
 * <p>Judge ENDPOINT INSTANCE KEYID SECRET ADMIN, where ADMIN is the stand-in's admin address.
 */
public final class Judge {
    private int passed;
    private int failed;

    public static void main(String[] args) {
        if (args.length != 5) {
            System.err.println("Judge ENDPOINT INSTANCE KEYID SECRET ADMIN");
            System.exit(2);
        }
        Judge judge = new Judge();
        RowCases rows = new RowCases(args);
        judge.run(rows.cases());
        rows.client.shutdown();
        StreamCases streams = new StreamCases(args);
        judge.run(streams.cases());
        streams.client.shutdown();
        System.exit(judge.verdict());
    }

    /** Prints it and gives the exit code. */
    int verdict() {
        System.out.println(passed + " passed, " + failed + " failed");
        return failed == 0 ? 0 : 1;
    }

    void run(Map<String, Cloud.Case> cases) {
        cases.forEach(this::judge);
    }

    private void judge(String name, Cloud.Case what) {
        try {
            what.run();
            ++passed;
        } catch (Exception | AssertionError e) {
            ++failed;
            System.out.println("FAILED " + name + ": " + e);
            for (StackTraceElement at : e.getStackTrace())
                if (at.getClassName().endsWith("Cases")) System.out.println("    " + at);
        }
    }
}
