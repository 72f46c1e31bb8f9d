import java.util.Map;
import java.util.TimeZone;

/**
 * Judges the stand-in's MaxCompute with the official Java SDK, whatever its version. Prints "N passed,
 * N failed" and exits 1 when any failed.
 *
 * <p>OdpsJudge ENDPOINT PROJECT KEYID SECRET
 */
public final class OdpsJudge {
    public static void main(String[] args) {
        if (args.length != 4) {
            System.err.println("OdpsJudge ENDPOINT PROJECT KEYID SECRET");
            System.exit(2);
        }
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        int passed = 0;
        int failed = 0;
        for (Map.Entry<String, OdpsCases.Case> one : new OdpsCases(args).cases().entrySet()) {
            try {
                one.getValue().run();
                ++passed;
            } catch (Exception | AssertionError e) {
                ++failed;
                System.out.println("FAILED " + one.getKey() + ": " + e);
                for (StackTraceElement at : e.getStackTrace())
                    if (at.getClassName().startsWith("Odps")) System.out.println("    " + at);
            }
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
