import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.*;
import java.util.regex.*;

/**
 * Answers patterns and texts on standard input, in the form of javatext's testdata/regex.txt: all matches and the pieces of
 * the split. Run it with: java JavaRegex.java LIMIT_MILLIS
 */
public class JavaRegex {
    static volatile String answer;

    public static void main(String[] args) throws Exception {
        long limit = Long.parseLong(args[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        ExecutorService worker = null;
        Thread[] thread = new Thread[1];
        Pattern p = null;
        for (String line; (line = in.readLine()) != null; ) {
            String s = unquote(line.substring(2));
            if (line.startsWith("p ")) {
                try {
                    p = Pattern.compile(s);
                    out.println("p " + quote(s));
                } catch (PatternSyntaxException | ArrayIndexOutOfBoundsException | StackOverflowError e) {
                    p = null;
                    out.println("! " + quote(s));
                } catch (Throwable e) {
                    p = null;
                    out.println("? " + quote(s));
                }
                continue;
            }
            if (p == null) continue;
            if (worker == null) worker = Executors.newSingleThreadExecutor(r -> {
                thread[0] = new Thread(r);
                thread[0].setDaemon(true);
                return thread[0];
            });
            Pattern pattern = p;
            long start = System.nanoTime();
            Future<String> f = worker.submit(() -> match(pattern, s));
            String result;
            try {
                result = f.get(limit, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                result = "slow";
                thread[0].stop();
                worker.shutdownNow();
                worker = null;
            } catch (ExecutionException e) {
                result = "throws " + e.getCause().getClass().getSimpleName();
            }
            out.println("  " + quote(s) + " " + result + "\t" + (System.nanoTime() - start) / 1000);
        }
        out.flush();
        System.exit(0);
    }

    static String match(Pattern p, String text) {
        StringBuilder b = new StringBuilder("=>");
        for (Matcher m = p.matcher(text); m.find(); ) b.append(' ').append(quote(m.group()));
        b.append(" |");
        for (String piece : p.split(text)) b.append(' ').append(quote(piece));
        return b.toString();
    }

    /** As quote of JavaText.java. */
    static String quote(String s) {
        StringBuilder b = new StringBuilder("\"");
        s.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') b.append('\\').append((char) c);
            else if (c >= 0x20 && c < 0x7f) b.append((char) c);
            else if (c > 0xffff) b.append(String.format("\\U%08x", c));
            else b.append(String.format("\\u%04x", c));
        });
        return b.append('"').toString();
    }

    static String unquote(String s) {
        StringBuilder b = new StringBuilder();
        for (int i = 1; i < s.length() - 1; i++) {
            char c = s.charAt(i);
            if (c != '\\') {
                b.append(c);
                continue;
            }
            c = s.charAt(++i);
            int digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
            if (digits == 0) b.append(c);
            else b.appendCodePoint(Integer.parseInt(s.substring(i + 1, i + 1 + digits), 16));
            i += digits;
        }
        return b.toString();
    }
}
