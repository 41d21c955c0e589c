--TEST--
When a session is lost, an action of which no byte has left was not sent, and one that has left may have run
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\{ActionNotSentException, OutcomeUnknownException};
use Apn\AmiClient\{AmiClientManager, AuthMethod, ClientOptions, GenericAction, ServerConfig};

// A server that takes the login and then nothing more.
$listener = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1);
$options = new ClientOptions(writeBufferLimit: 100_000_000, maxPendingActions: 100_000);
$ami = new AmiClientManager([new ServerConfig('pbx1', '127.0.0.1', $port, 'admin', 's3cret', $options, auth: AuthMethod::Plain)]);
$ami->connectAll();
$server = null;
$login = '';
while (!str_ends_with($login, "\r\n\r\n")) {
    $ami->tick(10);
    if ($server === null) {
        $server = stream_socket_accept($listener, 5.0);
        stream_set_blocking($server, false);
        fwrite($server, "Asterisk Call Manager/11.0.0\r\n");
    }
    $login .= fread($server, 65_536);
}
preg_match('/^ActionID: (.*)\r$/m', $login, $found);
fwrite($server, "Response: Success\r\nActionID: $found[1]\r\nMessage: Authentication accepted\r\n\r\n");
while (!$ami->server('pbx1')->isReady()) {
    $ami->tick(10);
}

$first = $ami->send(new GenericAction('UserEvent', ['UserEvent' => 'First']));
$ami->tick();
// Until the kernel takes no more.
do {
    $last = $ami->send(new GenericAction('UserEvent', ['UserEvent' => array_fill(0, 100, str_repeat('x', 1000))]));
} while ($ami->tick()->bytesWritten > 0);
$last = $ami->send(new GenericAction('UserEvent', ['UserEvent' => 'Last']));
fclose($server);
while (!$last->isFinished()) {
    $ami->tick(10);
}
foreach ([$first, $last] as $pending) {
    $error = $pending->getException();
    echo $error::class, ': ', preg_replace('/\(\w+\)/', '(…)', $error->getMessage()), "\n";
    var_dump($error->isRetrySafe(), $error->serverKey, $error->actionId === $pending->getActionId());
}
var_dump($pending->getResponse());
?>
--EXPECT--
Apn\AmiClient\Exception\OutcomeUnknownException: the session with `pbx1` ended (…) before action `UserEvent` was answered: it may have run
bool(false)
string(4) "pbx1"
bool(true)
Apn\AmiClient\Exception\ActionNotSentException: action `UserEvent` was not sent to `pbx1`: the session ended first (…)
bool(true)
string(4) "pbx1"
bool(true)
NULL
