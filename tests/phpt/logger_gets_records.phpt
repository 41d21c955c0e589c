--TEST--
The logger gets structured records with server_key, and never the secret
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, ClusterOptions, GenericAction, ServerConfig};

$fake = new Fake();
$logger = new MemoryLogger();
$bad = new ServerConfig('bad', '127.0.0.1', $fake->ports[0], 'admin', 'hunter2');
$ami = new AmiClientManager([...$fake->servers(), $bad], logger: $logger, cluster: new ClusterOptions(logLevel: 'debug'));
$ami->connectAll(wait: 3.0);
$ami->send(new GenericAction('Ping', ['Secret' => 'hunter2']))->await();
$ami->terminate();
$records = [];
foreach ($logger->records as [$level, $message, $context]) {
    $records[$context['record']] = $level . ' ' . implode(' ', array_keys($context));
}
ksort($records);
foreach ($records as $record => $fields) {
    echo $record, ': ', $fields, "\n";
}
var_dump(str_contains(print_r($logger->records, true), 'hunter2'));
?>

--EXPECT--
action_ended: debug server_key record action_id action outcome
action_sent: debug server_key record action_id action headers pending
breaker_changed: warning server_key record from to failures reason cooldown
connecting: debug server_key record host port attempt
logged_in: info server_key record host port session banner
login_refused: error server_key record host port attempt reason detail
retry_scheduled: info server_key record host port attempt backoff next_retry_at
session_closed: info server_key record host port session queue_depth
bool(false)
