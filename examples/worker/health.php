<?php

/**
 * Whether the worker lives: for Docker's HEALTHCHECK, a Kubernetes probe or a monitoring system. Needs neither the extension nor Composer.
 *
 * usage: php examples/worker/health.php HEALTH_FILE [ready]
 *
 * Exits with 0 if the worker's file is young, and with `ready` only if every server is ready, too. A restart helps against a worker that hangs;
 * it does not help against a PBX that is away: use `ready` for alarms, and not for restarts.
 */

declare(strict_types=1);

const OLDEST_SECONDS = 30;

$file = $argv[1] ?? throw new RuntimeException('usage: health.php HEALTH_FILE [ready]');
/** @var mixed $report */
$report = is_file($file) ? json_decode((string) file_get_contents($file), associative: true) : null;
$at = is_array($report) && is_int($report['at'] ?? null) ? $report['at'] : 0;
if ($at === 0) {
    fwrite(STDERR, "no report in {$file}: the worker does not run\n");
    exit(1);
}
$age = time() - $at;
if ($age > OLDEST_SECONDS) {
    fwrite(STDERR, "the report is {$age} s old: the worker hangs\n");
    exit(1);
}
$servers = is_array($report['servers'] ?? null) ? $report['servers'] : [];
$away = array_keys(array_filter(
    $servers,
    static fn(mixed $server): bool => !is_array($server) || $server['state'] !== 'ready',
));
if (($argv[2] ?? '') === 'ready' && $away !== []) {
    fwrite(STDERR, 'not ready: ' . implode(', ', $away) . "\n");
    exit(1);
}
echo count($servers) - count($away), ' of ', count($servers), " servers ready, {$age} s ago\n";
