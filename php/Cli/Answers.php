<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\Response;

/** Prints the answers to an action. */
final readonly class Answers
{
    /** @param list<string> $fields the headers to show of a list's events; an empty list shows all */
    public function __construct(
        private Console $console,
        private array $fields = [],
        private bool $isFull = false,
        private bool $isJson = false,
    ) {}

    /** Prints the server whose answer follows, for answers of several servers. */
    public function heading(string $server): void
    {
        if (!$this->isJson) {
            $this->console->line(new Span("== {$server}", Style::Cyan));
        }
    }

    public function show(string $server, Response $response): void
    {
        $complete = $response->getCompleteEvent();
        $output = $response->getOutput();
        if ($this->isJson) {
            $this->console->json([
                'server' => $server,
                'response' => $this->console->values($response),
                'events' => array_map($this->console->values(...), $response->getEvents()),
                'complete' => $complete === null ? null : $this->console->values($complete),
            ]);
        } elseif ($output !== null) {
            $this->console->output($output);
        } elseif ($this->isFull || $response->getEvents() === []) {
            $messages = [$response, ...$response->getEvents(), ...($complete === null ? [] : [$complete])];
            array_walk($messages, $this->console->message(...));
        } else {
            $this->tables($response);
        }
    }

    /** Prints a table for each event name. */
    private function tables(Response $response): void
    {
        $tables = [];
        $counts = [];
        foreach ($response->getEvents() as $event) {
            $tables[$event->name] ??= new Table($this->fields);
            $tables[$event->name]->add($this->console->headers($event));
            $counts[$event->name] = ($counts[$event->name] ?? 0) + 1;
        }
        foreach ($tables as $name => $table) {
            $this->console->line(new Span("{$name} ({$counts[$name]})", Style::Cyan));
            foreach ($table->lines($this->console->terminal->width) as $line) {
                $this->console->line(...$line);
            }
            $this->console->line('');
        }
        if ($response->partial) {
            $this->console->error('ami: the time ran out: some items are missing');
        }
    }
}
