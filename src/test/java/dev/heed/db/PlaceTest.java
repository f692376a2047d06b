package dev.heed.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceTest {
    @TempDir
    Path home;

    @Test
    void withoutAnotherTheHomeHasIt() {
        Place place = Place.of(home, "", Map.of("HEED_DB_PASSWORD", "unused"));
        assertThat(place.url()).startsWith("jdbc:h2:file:" + home);
        assertThat(place.isShared()).isFalse();
        assertThat(place).hasToString(home.resolve("heed").toString());
    }

    @Test
    void userAndPasswordComeFromTheUrlOrTheEnvironment() {
        String url = "jdbc:postgresql://db.example:5432/heed?user=ann&ssl=true&password=p%26q";
        assertThat(Place.of(home, url, Map.of()))
                .isEqualTo(new Place("jdbc:postgresql://db.example:5432/heed?ssl=true", "ann", "p&q"));
        assertThat(Place.of(home, "jdbc:postgresql:heed", Map.of("HEED_DB_USER", "ann", "HEED_DB_PASSWORD", "secret")))
                .isEqualTo(new Place("jdbc:postgresql:heed", "ann", "secret"))
                .hasToString("jdbc:postgresql:heed");
    }

    @Test
    void refusesOtherDatabasesWithoutTellingTheirPassword() {
        assertThatThrownBy(() -> Place.of(home, "jdbc:mysql://x/heed?user=a&password=secret", Map.of()))
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "--db must begin with jdbc:postgresql: (as in jdbc:postgresql://127.0.0.1:5432/heed), was 'jdbc:mysql://x/heed'; leave it out for the database in the home folder");
    }

    @Test
    void aDatabaseThatIsNotThereIsSaidInOneLine() {
        String nobody = "jdbc:postgresql://127.0.0.1:1/heed?user=ann&password=secret";
        assertThatThrownBy(() -> FeedbackStore.open(home, nobody))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("the database jdbc:postgresql://127.0.0.1:1/heed cannot be opened: ")
                .hasMessageContaining("HEED_DB_PASSWORD")
                .hasMessageNotContaining("secret");
        assertThat(home.resolve("database.json")).doesNotExist();
    }
}
