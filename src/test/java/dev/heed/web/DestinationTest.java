package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.http.BadRequestResponse;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries go to the internet and to nothing near this server. */
class DestinationTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://93.184.216.34/hook",
                "https://93.184.216.34:8443/hook?a=b",
                "https://[2606:2800:220:1:248:1893:25c8:1946]/"
            })
    void publicAddressesAreAllowed(String url) {
        assertThat(Destination.of(url, Destination.Policy.PUBLIC).addresses()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "https://127.8.9.1/",
                "https://localhost/",
                "https://LOCALHOST:9/",
                "https://0.0.0.0/",
                "https://10.1.2.3/",
                "https://172.16.0.1/",
                "https://172.31.255.255/",
                "https://192.168.1.1/",
                "https://100.64.0.1/",
                "https://169.254.169.254/latest/meta-data/",
                "https://192.0.0.8/",
                "https://192.0.2.1/",
                "https://198.18.0.1/",
                "https://198.51.100.1/",
                "https://203.0.113.7/",
                "https://224.0.0.1/",
                "https://240.0.0.1/",
                "https://255.255.255.255/",
                "https://[::1]/",
                "https://[::]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[::ffff:169.254.169.254]/",
                "https://[::127.0.0.1]/",
                "https://[fe80::1]/",
                "https://[fc00::1]/",
                "https://[fd00:ec2::254]/",
                "https://[ff02::1]/",
                "https://[64:ff9b::7f00:1]/",
                "https://[64:ff9b::169.254.169.254]/",
                "https://[2002:7f00:1::]/",
                "https://[2001:0:7f00:1::]/",
                "https://[2001:db8::1]/"
            })
    void addressesNearThisServerAreRefused(String url) {
        assertThatThrownBy(() -> Destination.of(url, Destination.Policy.PUBLIC))
                .isInstanceOf(BadRequestResponse.class)
                .hasMessageContaining("which is no address of the internet; deliveries go to public hosts only");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0x7f.1/",
                "https://0177.0.0.1/",
                "https://127.1/",
                "https://127.0.0.1./",
                "https://93.184.216.034/",
                "https://1.2.3.0x4/"
            })
    void addressesThatAreReadInSeveralWaysAreRefused(String url) {
        assertThatThrownBy(() -> Destination.of(url, Destination.Policy.PUBLIC))
                .isInstanceOf(BadRequestResponse.class)
                .hasMessageMatching("(?s).*(can be read as several addresses|URL).*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://93.184.216.34/",
                "HTTPS://93.184.216.34/",
                "ftp://93.184.216.34/",
                "file:///etc/passwd",
                "https:///hook",
                "https://ann:secret@93.184.216.34/",
                "https://93.184.216.34@127.0.0.1/",
                "https://93.184.216.34/#part",
                "https://93.184.216.34:0/",
                "https://93.184.216.34:70000/",
                "https://93.184.216.34/a b",
                "https://93.184.216.34/\r\nX-Other: 1",
                "//93.184.216.34/",
                ""
            })
    void whatIsNoPlainUrlIsRefused(String url) {
        assertThatThrownBy(() -> Destination.of(url, Destination.Policy.PUBLIC))
                .isInstanceOf(BadRequestResponse.class)
                .hasMessageContaining("URL");
    }

    @Test
    void everyAddressOfANameMustBeAllowed() throws Exception {
        InetAddress one = InetAddress.getLoopbackAddress();
        assertThat(Destination.isPublic(one)).isFalse();
        assertThat(Destination.isPublic(InetAddress.getByAddress("public.example", new byte[] {93, (byte) 184, 8, 8})))
                .as("by its address, whatever its name")
                .isTrue();
        assertThat(Destination.isPublic(InetAddress.getByAddress("public.example", new byte[] {127, 0, 0, 1})))
                .isFalse();
    }
}
