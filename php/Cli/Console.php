<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Recording\Headers;
use Apn\AmiClient\Recording\Quietly;
use Apn\AmiClient\Recording\Recorder;
use Apn\AmiClient\Recording\Redactor;
use Apn\AmiClient\Response;

/** What a command has around it: where it writes, which servers it works on, and whether it was asked to stop. */
final class Console
{
    private const int SILENCE_SECONDS = 1;

    private bool $stopping = false;
    private bool $looping = false;

    /** @var list<string> what the configuration names as secret */
    private array $redactionKeys = [];
    private Redactor $redactor;

    /**
     * @param resource $output
     * @param resource $errors
     * @param array<string, string> $environment
     * @param \Closure(array<string, mixed>): AmiClientManager $connect
     */
    public function __construct(
        private $output,
        private $errors,
        public readonly array $environment,
        private readonly \Closure $connect,
        public readonly Terminal $terminal = new Terminal(),
    ) {
        $this->redactor = new Redactor();
    }

    /** @throws UsageException */
    public function manager(Arguments $arguments): AmiClientManager
    {
        $config = Configuration::load($arguments->option('config'), $this->environment);
        $manager = ($this->connect)($config);
        $this->redactionKeys = Configuration::redactionKeys($config);
        $this->redactor = new Redactor($this->redactionKeys);

        return $manager;
    }

    public function recorder(AmiClientManager $manager, string $file): Recorder
    {
        return new Recorder($manager, $file, $this->redactionKeys);
    }

    /** For a signal handler: ends a command that goes on by itself at its next step, and any other one at once. */
    public function interrupt(int $signal): void
    {
        $this->stop();
        if (!$this->looping) {
            throw new InterruptedException($signal);
        }
    }

    public function stop(): void
    {
        $this->stopping = true;
    }

    /** What a command that goes on by itself asks before every step. */
    public function goesOn(): bool
    {
        $this->looping = true;

        return !$this->stopping;
    }

    /** One line, in which nothing of what a stranger may have chosen is obeyed by the terminal. */
    public function line(string|Span ...$spans): void
    {
        $this->print($this->shown($spans) . "\n");
    }

    /** A line that is cut where a terminal would wrap it. */
    public function cutLine(Span ...$spans): void
    {
        $left = $this->terminal->width ?? PHP_INT_MAX;
        $cut = [];
        foreach ($spans as $span) {
            $text = Printable::cut(Printable::text($span->text), $left);
            $cut[] = new Span($text, $span->style);
            $left -= Printable::width($text);
            if ($left <= 0) {
                break;
            }
        }
        $this->line(...$cut);
    }

    public function error(string $text): void
    {
        $message = Printable::text($text) . "\n";
        // Where nobody reads the messages either, there is nobody to tell.
        Quietly::call(fn() => fwrite($this->errors, $message));
    }

    /**
     * Runs what may take its time. After a second in which nothing came, somebody who watches is told what is waited for.
     *
     * @template T
     *
     * @param \Closure(): T $work
     *
     * @return T
     */
    public function whileWaiting(string $for, \Closure $work): mixed
    {
        if (!$this->terminal->isWatched || !function_exists('pcntl_alarm')) {
            return $work();
        }
        pcntl_signal(SIGALRM, fn() => $this->error("ami: {$for} ..."));
        pcntl_alarm(self::SILENCE_SECONDS);
        try {
            return $work();
        } finally {
            pcntl_alarm(0);
            pcntl_signal(SIGALRM, SIG_DFL);
        }
    }

    public function json(mixed $value): void
    {
        $this->print(Printable::json($value) . "\n");
    }

    /** A message as Asterisk wrote it, its secrets hidden. */
    public function message(AmiEvent|Response $message): void
    {
        foreach ($this->headers($message)->pairs as [$name, $value]) {
            if ($name === '') {
                $this->line($value);
            } else {
                $this->line(new Span("{$name}: ", Style::Dim), $value);
            }
        }
        $this->line('');
    }

    /** What Command brought, line by line, with assignments of secrets hidden. */
    public function output(string $text): void
    {
        foreach (explode("\n", rtrim($text, "\n")) as $line) {
            $this->line($this->redactor->headers(new Headers([['Output', $line]]))->pairs[0][1] ?? '');
        }
    }

    /** With their secrets hidden. */
    public function headers(AmiEvent|Response $message): Headers
    {
        return $this->redactor->headers(new Headers($message->getRawHeaders()));
    }

    /** @return array<string, string|list<string>> as json_encode() of the message has them, with their secrets hidden */
    public function values(AmiEvent|Response $message): array
    {
        return array_change_key_case($this->headers($message)->toArray());
    }

    /** Who reads the output may have enough of it, as `head` does: that is no error. */
    private function print(string $text): void
    {
        if (Quietly::call(fn() => fwrite($this->output, $text)) !== strlen($text)) {
            $this->stop();
        }
    }

    /** @param array<string|Span> $spans */
    private function shown(array $spans): string
    {
        $line = '';
        foreach ($spans as $span) {
            $style = $span instanceof Span ? $span->style : Style::Plain;
            $text = Printable::text($span instanceof Span ? $span->text : $span);
            $line .= $style === Style::Plain || !$this->terminal->hasColours
                ? $text
                : "\e[{$style->value}m{$text}\e[0m";
        }

        return $line;
    }
}
