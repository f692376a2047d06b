package dev.heed;

import dev.heed.db.Backup;
import dev.heed.run.Knob;
import java.nio.file.Path;

/** A new home from a backup, in the home folder or in an empty PostgreSQL database. */
final class RestoreCommand implements Command<RestoreCommand.Knobs> {
    record Knobs(@Knob(value = Knob.REQUIRED, help = "what heed backup has written", positional = true) Path file) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        return BackupCommand.told(
                knobs.file(),
                Backup.restore(knobs.file(), context.home(), context.labels().db()));
    }
}
