<?php

// usage: proxy.php PORT: forwards a free port to PORT, and prints it. SIGUSR1 cuts every connection, at any byte of a
// frame. It ends with its parent process.

declare(strict_types=1);

$target = $argv[1] ?? exit(2);
$isCut = false;
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, static function () use (&$isCut): void {
    $isCut = true;
});
$listener = stream_socket_server('tcp://127.0.0.1:0') ?: exit(1);
fwrite(STDOUT, strrchr((string) stream_socket_get_name($listener, remote: false), ':') . "\n");

/** @var array<int, array{resource, int}> $ends a stream, and the id of the stream to which its bytes go */
$ends = [];
while (true) {
    if ($isCut) {
        $isCut = false;
        array_map(static fn(array $end): bool => fclose($end[0]), $ends);
        $ends = [];
    }
    $read = [$listener, ...array_column($ends, 0)];
    $none = null;
    if (@stream_select($read, $none, $none, 1) === false) {
        continue;
    }
    foreach ($read as $stream) {
        if ($stream === $listener) {
            $client = @stream_socket_accept($listener, 0);
            $server = @stream_socket_client("tcp://127.0.0.1:{$target}");
            if ($client && $server) {
                $ends[get_resource_id($client)] = [$client, get_resource_id($server)];
                $ends[get_resource_id($server)] = [$server, get_resource_id($client)];
            } else {
                $client && fclose($client);
                $server && fclose($server);
            }
            continue;
        }
        $id = get_resource_id($stream);
        if (!isset($ends[$id])) {
            continue;
        }
        $other = $ends[$id][1];
        $bytes = @fread($stream, 65_536);
        if ($bytes === '' || $bytes === false || @fwrite($ends[$other][0], $bytes) === false) {
            fclose($stream);
            fclose($ends[$other][0]);
            unset($ends[$id], $ends[$other]);
        }
    }
}
