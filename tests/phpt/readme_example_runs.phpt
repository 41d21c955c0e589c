--TEST--
The example of README.md runs as it stands, against two fake servers, until SIGINT
--EXTENSIONS--
ami_client
pcntl
posix
--FILE--
<?php
require __DIR__ . '/fake.inc';

$readme = file_get_contents(__DIR__ . '/../../README.md');
preg_match('/```php\n(.*?)```/s', $readme, $found);
$fake = new Fake(2, '--rate', '500');
$here = array_map(fn(int $port): string => "'127.0.0.1', $port, username: 'admin'", $fake->ports);
$example = str_replace(["'10.0.0.5', username: 'dialer'", "'10.0.0.6', username: 'dialer'"], $here, $found[1], $replaced);
echo "servers replaced: $replaced\n";
putenv('AMI_SECRET=s3cret');

// Ctrl-C, as soon as a call was hung up.
ob_start(function (string $output): string {
    static $asked = false;
    if (!$asked && str_contains($output, 'hung up')) {
        $asked = posix_kill(getmypid(), SIGINT);
        return $output;
    }
    return $asked ? '' : $output;
}, 1);
eval($example);
ob_end_clean();
echo "\nended\n";
?>
--EXPECTF--
servers replaced: 2
3 queues, members and callers
pbx%d: %s hung up, %s

ended
