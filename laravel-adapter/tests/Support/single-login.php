<?php

// A server with allowmultiplelogin=no, as a process: prints its port, then speaks just enough AMI. An event every 20 ms.

declare(strict_types=1);

$listener = stream_socket_server('tcp://127.0.0.1:0');
echo substr((string) strrchr((string) stream_socket_get_name($listener, remote: false), ':'), 1), "\n";

/** @var array<int, resource> $sessions */
$sessions = [];
$buffers = [];
$loggedIn = null;
$serial = 0;
$nextEvent = microtime(as_float: true);
$answer = static function ($session, array $headers): void {
    @fwrite($session, implode("\r\n", $headers) . "\r\n\r\n");
};

while (true) {
    $read = [$listener, ...$sessions];
    $write = $except = null;
    stream_select($read, $write, $except, 0, 10_000);
    foreach ($read as $stream) {
        if ($stream === $listener) {
            $session = stream_socket_accept($listener);
            $sessions[(int) $session] = $session;
            $buffers[(int) $session] = '';
            fwrite($session, "Asterisk Call Manager/11.0.0\r\n");
            continue;
        }
        $id = (int) $stream;
        $data = fread($stream, 8_192);
        $buffers[$id] .= (string) $data;
        $isEnded = $data === '' || $data === false;
        while (!$isEnded && ($end = strpos($buffers[$id], "\r\n\r\n")) !== false) {
            preg_match_all('/^([^:]+): ?(.*?)\r?$/m', substr($buffers[$id], 0, $end), $lines);
            $buffers[$id] = substr($buffers[$id], $end + 4);
            $action = array_combine(array_map(strtolower(...), $lines[1]), $lines[2]);
            $actionId = 'ActionID: ' . ($action['actionid'] ?? '');
            $isBusy = $loggedIn !== null && $loggedIn !== $id;
            // As main/manager.c: who asks for a challenge without a name is not looked up.
            if (isset($action['username']) && $isBusy) {
                $answer($stream, ['Response: Error', $actionId, 'Message: Login Already In Use']);
                $isEnded = true;
            } elseif ($action['action'] === 'Challenge') {
                $answer($stream, ['Response: Success', $actionId, 'Challenge: 123456789']);
            } elseif ($action['action'] === 'Logoff') {
                $answer($stream, ['Response: Goodbye', $actionId, 'Message: Thanks for all the fish.']);
                $isEnded = true;
            } else {
                $loggedIn = $action['action'] === 'Login' ? $id : $loggedIn;
                $answer($stream, ['Response: Success', $actionId, 'Ping: Pong', 'Timestamp: 1.000000']);
            }
        }
        if ($isEnded) {
            fclose($stream);
            unset($sessions[$id], $buffers[$id]);
            $loggedIn = $loggedIn === $id ? null : $loggedIn;
        }
    }
    if (microtime(as_float: true) >= $nextEvent) {
        $nextEvent += 0.02;
        ++$serial;
        if ($loggedIn !== null) {
            $answer($sessions[$loggedIn], [
                'Event: VarSet',
                'Privilege: dialplan,all',
                'Variable: N',
                "Value: $serial",
            ]);
        }
    }
}
