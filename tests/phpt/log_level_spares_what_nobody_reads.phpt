--TEST--
A logger hears from the level on that the options name, and what it lost for want of a tick
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{ClusterOptions, GenericAction};
use Apn\AmiClient\Testing\FakeAsterisk;

function said(MemoryLogger $logger): string
{
    $names = array_map(fn(array $record): string => "{$record[0]} {$record[2]['record']}", $logger->records);

    return implode(', ', array_map(fn(string $name, int $times): string => "{$times} {$name}", array_keys(array_count_values($names)), array_count_values($names)));
}

$lost = 'ami_logger_records_lost_total';
foreach (['debug', 'info', 'error'] as $level) {
    $fake = new FakeAsterisk();
    $ami = $fake->manager(logger: $logger = new MemoryLogger(), cluster: new ClusterOptions(logLevel: $level));
    $ami->connectAll(wait: 5.0);
    $logger->records = [];
    for ($i = 0; $i < 1100; $i++) {
        $ami->send(new GenericAction('Ping'));
    }
    $fake->dropSession('pbx1');
    $ami->tick();
    echo "{$level}: ", said($logger), '; lost ', $ami->metrics()[$lost]['values'][0]['value'], "\n";
}
?>

--EXPECT--
debug: 998 debug action_sent, 1 warning session_lost, 1 info retry_scheduled, 1 warning records_lost, 1000 warning action_unobserved; lost 1202
info: 1 warning session_lost, 1 info retry_scheduled, 1000 warning action_unobserved; lost 0
error: ; lost 0
