package dev.heed;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heed.run.Version;

/** Which Heed this is. */
final class VersionCommand implements Command<Command.NoKnobs> {
    @Override
    public Class<NoKnobs> knobs() {
        return NoKnobs.class;
    }

    @Override
    public Object run(Context context, NoKnobs knobs) {
        return new Built(Version.current());
    }

    static String line(Version version) {
        return "heed %s (%s), Java %s".formatted(version.version(), version.commit(), version.java());
    }

    private record Built(@JsonUnwrapped Version version) implements Shown {
        @Override
        public String text() {
            return line(version);
        }
    }
}
