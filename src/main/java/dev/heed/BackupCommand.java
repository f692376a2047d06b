package dev.heed;

import dev.heed.db.Backup;
import dev.heed.db.Feedback;
import dev.heed.run.Knob;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What people said, and who they are, into one file; also while a server runs. Runs and models are not in it. */
final class BackupCommand implements Command<BackupCommand.Knobs> {
    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "zip file to write; it holds who said what", positional = true)
                    Path file) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        try (Feedback feedback = context.feedback()) {
            feedback.backup(knobs.file());
        }
        return told(knobs.file(), Backup.check(knobs.file()));
    }

    /** What both commands answer. */
    static Map<String, Object> told(Path file, Backup.Manifest manifest) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("file", file);
        answer.put("at", manifest.at());
        answer.put("snapshot", manifest.snapshot());
        answer.put("rows", manifest.rows());
        return answer;
    }
}
