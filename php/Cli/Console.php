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

    public function line(string $text): void
    {
        $this->print(self::printable($text) . "\n");
    }

    public function error(string $text): void
    {
        fwrite($this->errors, self::printable($text) . "\n");
    }

    public function json(mixed $value): void
    {
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;
        $this->print(json_encode($value, $flags) . "\n");
    }

    /** A message as Asterisk wrote it, its secrets hidden. */
    public function message(AmiEvent|Response $message): void
    {
        foreach ($this->headers($message)->pairs as [$name, $value]) {
            $this->line($name === '' ? $value : "{$name}: {$value}");
        }
        $this->line('');
    }

    /** What Command brought, line by line, with assignments of secrets hidden. */
    public function output(string $text): void
    {
        foreach (explode("\n", $text) as $line) {
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

    /** A caller chooses his name: it must not reach the terminal as an escape sequence. */
    private static function printable(string $text): string
    {
        // C1 as well: terminals take U+009B for the beginning of a sequence.
        return (string) preg_replace('/[\x00-\x08\x0a-\x1f\x7f]|\xc2[\x80-\x9f]/', '?', $text);
    }
}
