<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Recording\Headers;
use Apn\AmiClient\Recording\Redactor;
use Apn\AmiClient\Response;

/** What a command has around it: where it writes, which servers it works on, and whether it was asked to stop. */
final class Console
{
    private bool $stopping = false;

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
        private readonly Redactor $redactor = new Redactor(),
    ) {}

    /** @throws UsageException */
    public function manager(Arguments $arguments): AmiClientManager
    {
        return ($this->connect)(Configuration::load($arguments->option('config'), $this->environment));
    }

    /** For a signal handler: commands look at isStopping() between two steps. */
    public function stop(): void
    {
        $this->stopping = true;
    }

    public function isStopping(): bool
    {
        return $this->stopping;
    }

    public function line(string $text): void
    {
        fwrite($this->output, self::printable($text) . "\n");
    }

    public function error(string $text): void
    {
        fwrite($this->errors, self::printable($text) . "\n");
    }

    public function json(mixed $value): void
    {
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;
        fwrite($this->output, json_encode($value, $flags) . "\n");
    }

    /** A message as Asterisk wrote it, its secrets hidden. */
    public function message(AmiEvent|Response $message): void
    {
        foreach ($this->headers($message)->pairs as [$name, $value]) {
            $this->line($name === '' ? $value : "{$name}: {$value}");
        }
        fwrite($this->output, "\n");
    }

    /** With their secrets hidden. */
    public function headers(AmiEvent|Response $message): Headers
    {
        return $this->redactor->headers(new Headers($message->getRawHeaders()));
    }

    /** A caller chooses his name: it must not reach the terminal as an escape sequence. */
    private static function printable(string $text): string
    {
        return (string) preg_replace('/[\x00-\x08\x0a-\x1f\x7f]/', '?', $text);
    }
}
