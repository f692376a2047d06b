package dev.heed.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which Heed this is.
 *
 * @param commit git's name of the source, with "-dirty" where it had been changed; "unknown" where git was not asked
 */
public record Version(String version, String commit, String java) {
    private static final Version CURRENT = read();

    /** The Heed that is running. */
    public static Version current() {
        return CURRENT;
    }

    private static Version read() {
        Properties built = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/version.properties")) {
            if (in != null) {
                built.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read version.properties", e);
        }
        return new Version(
                built.getProperty("version", "unknown"),
                built.getProperty("commit", "unknown"),
                Runtime.version().toString());
    }
}
