<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\AmiManager;
use Apn\AmiClient\Response;
use Illuminate\Support\Arr;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Output\OutputInterface;

#[AsCommand(name: 'ami:send')]
final class SendCommand extends AmiCommand
{
    /** Columns that fit a terminal; --json shows all. */
    private const int COLUMNS_MAX = 8;

    protected $signature = 'ami:send
        {action : Its name, such as QueueStatus}
        {headers?* : Header=value each, such as Queue=support}
        {--server= : Its key in config/ami.php (default: ami.default)}
        {--direct : By a session of this command, not by the worker that holds the server}
        {--timeout=30 : Seconds to wait for the answer}
        {--json : As one JSON object}';

    protected $description = 'Send any action to a server and show its answer';

    public function handle(AmiManager $ami): int
    {
        try {
            $action = new GenericAction((string) $this->argument('action'), $this->headers());
            $server = self::listOf($this->option('server'))[0] ?? null;
            $timeout = $this->seconds('timeout');
            $response = ($this->option('direct') ? $ami->direct($server, $timeout) : $ami->to($server))
                ->send($action)
                ->await($timeout);
        } catch (AmiThrowable $error) {
            $more = match (true) {
                $error instanceof AmiException && $error->isRetrySafe() => ' (it was not run)',
                $error instanceof InvalidConfigurationException && !$this->option('direct')
                    => '. With --direct this command opens a session of its own',
                default => '',
            };
            return $this->failed($error->getMessage() . $more);
        }
        $this->option('json') ? $this->json(self::fields($response)) : $this->show($response);

        return self::SUCCESS;
    }

    /** @return array<string, list<string>> */
    private function headers(): array
    {
        $headers = [];
        foreach (self::listOf($this->argument('headers')) as $pair) {
            [$name, $value] = [...explode('=', (string) $pair, 2), null];
            if ($name === '' || $value === null) {
                throw new InvalidActionException("\"$pair\" is no header: write Header=value, such as Queue=support");
            }
            $headers[$name][] = $value;
        }

        return $headers;
    }

    /** @return array<string, mixed> */
    private static function fields(Response $response): array
    {
        return [
            'server' => $response->serverKey,
            'headers' => $response->getHeaders(),
            'events' => array_map(static fn(AmiEvent $event): array => $event->getHeaders(), $response->getEvents()),
            'output' => $response->getOutput(),
        ];
    }

    private function show(Response $response): void
    {
        $output = $response->getOutput();
        if ($output !== null) {
            $this->output->writeln($output, OutputInterface::OUTPUT_RAW);

            return;
        }
        if ($response->getEvents() === []) {
            foreach ($response->getRawHeaders() as [$name, $value]) {
                $this->components->twoColumnDetail($name, $value);
            }

            return;
        }
        $text = static fn(string|array $value): string => Arr::join((array) $value, ', ');
        $byName = [];
        foreach ($response->getEvents() as $event) {
            $byName[$event->name][] = array_map($text, Arr::except($event->getHeaders(), ['event', 'actionid']));
        }
        foreach ($byName as $name => $rows) {
            $columns = array_slice(array_keys(array_merge(...$rows)), 0, self::COLUMNS_MAX);
            $empty = array_fill_keys($columns, '');
            $cells = static fn(array $row): array => [...$empty, ...Arr::only($row, $columns)];
            $this->components->info("$name: " . count($rows));
            $this->table($columns, array_map($cells, $rows));
        }
    }
}
