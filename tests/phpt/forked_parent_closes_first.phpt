--TEST--
A parent that closes first ends its sessions although a child still has their descriptors, and the child lives on
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/guards.inc';

use Apn\AmiClient\{AmiClientManager, AuthMethod, ServerConfig};

$listener = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1);
$connect = static function () use ($listener, $port): array {
    $ami = new AmiClientManager([new ServerConfig('pbx1', '127.0.0.1', $port, 'u', 's', auth: AuthMethod::Plain)]);
    $ami->connectAll();
    $peer = stream_socket_accept($listener, 10.0);
    stream_set_timeout($peer, 10);

    return [$ami, $peer];
};

$fake = new Fake();
foreach ([1, 4, 32] as $count) {
    $managers = guarded($fake, $count);
    [$ready, $readyPeer] = $connect();
    fwrite($readyPeer, "Asterisk Call Manager/11.0.0\r\n");
    for ($login = ''; !str_contains($login, "\r\n\r\n"); $ready->tick(10)) {
        stream_set_blocking($readyPeer, false);
        $login .= fread($readyPeer, 1000);
        stream_set_blocking($readyPeer, true);
    }
    preg_match('/^ActionID: .*/m', $login, $id);
    fwrite($readyPeer, "Response: Success\r\n{$id[0]}\nMessage: Authentication accepted\r\n\r\n");
    while (!$ready->server('pbx1')->isReady()) {
        $ready->tick(10);
    }
    [$connecting, $connectingPeer] = $connect();

    [$near, $far] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    flush();
    $child = pcntl_fork();
    if ($child === 0) {
        pcntl_alarm(30);
        // Until the parent has closed.
        fread($far, 1);
        exit(pings(guarded($fake, 1)[0]) ? 0 : 1);
    }
    unset($managers, $ready, $connecting);
    stream_get_contents($readyPeer);
    stream_get_contents($connectingPeer);
    var_dump(feof($readyPeer), feof($connectingPeer));
    fwrite($near, '.');
    pcntl_waitpid($child, $status);
    echo pcntl_wifexited($status) ? 'exit ' . pcntl_wexitstatus($status) : 'signal ' . pcntl_wtermsig($status), "\n";
}
?>

--EXPECT--
bool(true)
bool(true)
exit 0
bool(true)
bool(true)
exit 0
bool(true)
bool(true)
exit 0
