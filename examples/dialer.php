<?php

/**
 * A dialer: calls channels, at most twenty at a time and ten a second, over all servers that are Ready, and prints what became of each.
 *
 * usage: AMI_CONFIG=/etc/ami.php php examples/dialer.php CHANNEL...
 *
 * The configuration is the array of AmiClientManager::fromConfig(). Ctrl-C or SIGTERM ends the calling; the active calls have 25 s to end. With a fake,
 * what becomes of a call is in its name: Local/201@answer Local/202@busy Local/203@noanswer Local/204@congestion.
 */

declare(strict_types=1);

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Dialer;
use Apn\AmiClient\DialResult;

require __DIR__ . '/../php/autoload.php';

$file = getenv('AMI_CONFIG') ?: '';
if (!isset($argv[1]) || !is_file($file)) {
    fwrite(STDERR, "usage: AMI_CONFIG=FILE dialer.php CHANNEL...\n");
    exit(2);
}
/** @var array<string, mixed> $config */
$config = require $file;
$ami = AmiClientManager::fromConfig($config);
$missing = $ami->connectAll(wait: 5.0);
foreach ($missing as $server => $reason) {
    fwrite(STDERR, "{$server} is not ready: {$reason->value}\n");
}
if (count($missing) === count($ami->serverKeys())) {
    exit(1);
}
$ami->registerSignalHandlers();

$dialer = new Dialer(
    $ami,
    array_slice($argv, 1),
    static fn(string $channel): Originate => new Originate(
        channel: $channel,
        application: 'Wait',
        data: '1',
        timeoutMs: 20_000,
    ),
    /** @param DialResult<string> $result */
    static function (DialResult $result): void {
        $what = $result->error?->getMessage() ?? $result->outcome?->value ?? '';
        printf("%s: %s%s\n", $result->data, $what, $result->cause() === null ? '' : ", cause {$result->cause()}");
    },
    active: 20,
    perSecond: 10.0,
);
$dialer->run();
foreach ($dialer->left() as $channel) {
    echo "{$channel}: not called\n";
}
$ami->terminate();
