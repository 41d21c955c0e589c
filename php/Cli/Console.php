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

/** The environment of a command: its output, its servers, and whether it should stop. */
final class Console
{
    private const int SILENCE_SECONDS = 1;

    private bool $stopping = false;
    private bool $looping = false;
    private bool $isResized = false;

    /** @var list<string> names of secrets from the configuration */
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
        public private(set) Terminal $terminal = new Terminal(),
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

    /** Handles a signal. A command that asks goesOn() ends at its next step; any other command ends at once, by an exception. */
    public function interrupt(int $signal): void
    {
        $this->stop();
        if (!$this->looping) {
            throw new InterruptedException($signal);
        }
    }

    /** The terminal has another size. The next frame is drawn for it. */
    public function resize(Terminal $terminal): void
    {
        $this->terminal = $terminal;
        $this->isResized = true;
    }

    public function stop(): void
    {
        $this->stopping = true;
    }

    /** False if the command should stop. Commands that run until they are stopped call it before every step. */
    public function goesOn(): bool
    {
        $this->looping = true;

        return !$this->stopping;
    }

    /** Prints a line. Control characters are replaced, because callers choose parts of the text. */
    public function line(string|Span ...$spans): void
    {
        $this->print($this->shown($spans) . "\n");
    }

    /** Prints a line, cut to the width of the terminal. */
    public function cutLine(Span ...$spans): void
    {
        $this->line(...$this->cut($spans));
    }

    /** Clears the terminal and hides the cursor, for frames. */
    public function beginFrames(): void
    {
        $this->print("\e[?25l\e[2J");
    }

    /**
     * Draws lines over those of the last frame, in one write. Lines that do not fit are left out.
     *
     * @param list<list<Span>> $lines
     */
    public function frame(array $lines): void
    {
        $text = '';
        // With a line for the cursor below, the terminal does not scroll.
        foreach (array_slice($lines, 0, ($this->terminal->height ?? PHP_INT_MAX) - 1) as $spans) {
            $text .= "\e[K" . $this->shown($this->cut($spans)) . "\n";
        }
        // The terminal may have wrapped the lines of the last frame.
        $clear = $this->isResized ? "\e[2J" : '';
        $this->isResized = false;
        $this->print("{$clear}\e[H{$text}\e[J");
    }

    /** Shows the cursor again, below the last frame. */
    public function endFrames(): void
    {
        $this->print("\e[?25h");
    }

    public function error(string $text): void
    {
        $message = Printable::text($text) . "\n";
        // If standard error is closed too, the failure cannot be reported.
        Quietly::call(fn() => fwrite($this->errors, $message));
    }

    /**
     * Runs $work. If it takes longer than a second and a person watches the terminal, it prints what the command waits for.
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

    /** Prints a message as Asterisk wrote it, with secrets hidden. */
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

    /** Prints the output of Command by lines, with assignments of secrets hidden. */
    public function output(string $text): void
    {
        foreach (explode("\n", rtrim($text, "\n")) as $line) {
            $this->line($this->redactor->headers(new Headers([['Output', $line]]))->pairs[0][1] ?? '');
        }
    }

    /** The headers of a message, with secrets hidden. */
    public function headers(AmiEvent|Response $message): Headers
    {
        return $this->redactor->headers(new Headers($message->getRawHeaders()));
    }

    /** @return array<string, string|list<string>> Message::getHeaders(), with secrets hidden */
    public function values(AmiEvent|Response $message): array
    {
        return array_change_key_case($this->headers($message)->toArray());
    }

    /** Writes to the output. If the reader has closed it, as `head` does, the command stops without an error. */
    private function print(string $text): void
    {
        if (Quietly::call(fn() => fwrite($this->output, $text)) !== strlen($text)) {
            $this->stop();
        }
    }

    /**
     * @param array<Span> $spans
     *
     * @return list<Span> as much of the spans as the terminal is wide
     */
    private function cut(array $spans): array
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

        return $cut;
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
