--TEST--
Memory that runs out within the extension's own work ends the script as anywhere, and the manager stays usable at shutdown
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\{AmiEvent, GenericAction};

/** More than enough, and an end where PHP runs without a limit (USE_ZEND_ALLOC=0). */
const ROUNDS = 20_000;

/** Each fills the memory by objects, strings and arrays that the extension makes. */
$ways = [
    'events' => function (FakeAsterisk $fake, $ami): void {
        $kept = [];
        $ami->onEvent('*', function (AmiEvent $event) use (&$kept): void {
            $kept[] = $event;
        });
        for ($round = 0; $round < ROUNDS; $round++) {
            for ($i = 0; $i < 100; $i++) {
                $fake->emit('pbx1', 'Filling', ['Text' => str_repeat('x', 500)]);
            }
            $ami->tick();
        }
    },
    'headers' => function (FakeAsterisk $fake, $ami): void {
        $kept = [];
        $ami->onEvent('*', function (AmiEvent $event) use (&$kept): void {
            array_push($kept, $event->getHeaders(), $event->getRawHeaders(), $event->getVariables(), json_encode($event), serialize($event));
        });
        for ($round = 0; $round < ROUNDS; $round++) {
            $fake->emit('pbx1', 'Filling', ['Text' => str_repeat('x', 500), 'Variable' => 'a=b']);
            $ami->tick();
        }
    },
    'actions' => function (FakeAsterisk $fake, $ami): void {
        $kept = [];
        for ($round = 0; $round < ROUNDS; $round++) {
            $kept[] = $pending = $ami->send((new GenericAction('Ping'))->with('Text', str_repeat('x', 500)), 'pbx1');
            $pending->onComplete(function () use (&$kept): void {
                $kept[] = func_get_args();
            });
            $ami->tick();
        }
    },
    'reports' => function (FakeAsterisk $fake, $ami): void {
        $kept = [];
        for ($round = 0; $round < ROUNDS; $round++) {
            array_push($kept, $ami->metrics(), $ami->health(), $ami->tick(), $ami->serverKeys(), $fake->sent());
        }
    },
    'lists' => function (FakeAsterisk $fake, $ami): void {
        $kept = [];
        $fake->respond('List', ['events' => array_fill(0, 300, ['Event' => 'Item', 'Text' => str_repeat('x', 100)])]);
        for ($round = 0; $round < ROUNDS; $round++) {
            array_push($kept, ...$ami->send(new GenericAction('List'), 'pbx1')->await()->getEvents());
        }
    },
];
foreach ($ways as $way => $fill) {
    for ($room = 0; $room < 6; $room++) {
        $child = pcntl_fork();
        if ($child === 0) {
            error_reporting(0);
            $fake = new FakeAsterisk(['pbx1', 'pbx2']);
            $ami = $fake->manager();
            $ami->connectAll(wait: 5.0);
            register_shutdown_function(function () use ($fake, $ami): void {
                ini_set('memory_limit', -1);
                if (!str_contains((string) error_get_last()['message'], 'Allowed memory size')) {
                    exit(1);
                }
                $ami->terminate(0.1);
                $ami->connectAll(wait: 5.0);
                exit($ami->send(new GenericAction('Ping'), 'pbx2')->await()->success ? 42 : 2);
            });
            // What is filled before the first allocation of ours differs, and so does the one that fails.
            $padding = str_repeat('x', 1 + $room * 300_000);
            ini_set('memory_limit', memory_get_usage(true) + 2_200_000);
            $fill($fake, $ami);
        }
        pcntl_waitpid($child, $status);
        if (!pcntl_wifexited($status) || pcntl_wexitstatus($status) !== 42) {
            printf("%s: %s\n", $way, pcntl_wifsignaled($status) ? 'signal ' . pcntl_wtermsig($status) : 'code ' . pcntl_wexitstatus($status));
        }
    }
}
echo count($ways), " ways\n";
?>
--EXPECT--
5 ways
