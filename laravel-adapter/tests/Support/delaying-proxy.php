<?php

// Passes bytes between its clients and a port of this machine; what comes back is held for so many milliseconds.

declare(strict_types=1);

[, $to, $milliseconds] = $argv;
$listener = stream_socket_server('tcp://127.0.0.1:0');
if ($listener === false) {
    exit(1);
}
echo substr((string) strrchr((string) stream_socket_get_name($listener, false), ':'), 1), "\n";
$pairs = []; // client, server, answers as [due, bytes]
while (true) {
    $read = [$listener];
    foreach ($pairs as [$client, $server]) {
        array_push($read, $client, $server);
    }
    $write = $except = null;
    stream_select($read, $write, $except, 0, 1_000);
    $now = hrtime(as_number: true) / 1e6;
    if (in_array($listener, $read, strict: true)) {
        $client = stream_socket_accept($listener);
        $server = stream_socket_client("tcp://127.0.0.1:$to");
        stream_set_blocking($client, enable: false);
        stream_set_blocking($server, enable: false);
        stream_set_chunk_size($client, 1 << 20);
        stream_set_chunk_size($server, 1 << 20);
        $pairs[] = [$client, $server, [], ''];
    }
    foreach ($pairs as $index => [$client, $server, $answers, $out]) {
        if (in_array($client, $read, strict: true)) {
            $out .= (string) fread($client, 1 << 20);
        }
        if ($out !== '') {
            $out = substr($out, (int) fwrite($server, $out));
        }
        if (in_array($server, $read, strict: true)) {
            $answers[] = [$now + (float) $milliseconds, (string) fread($server, 1 << 20)];
        }
        while ($answers !== [] && $answers[0][0] <= $now) {
            fwrite($client, array_shift($answers)[1]);
        }
        $pairs[$index] = [$client, $server, $answers, $out];
        if (feof($client) || feof($server)) {
            fclose($client);
            fclose($server);
            unset($pairs[$index]);
        }
    }
}
