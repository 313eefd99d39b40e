import CommandDispatch
import RESTListener

/// The server that was given this process's environment, as the one has in whose container it runs.
enum LocalServer {
    /// The URL at which that server's HTTP clients on the same machine find it.
    ///
    /// - Parameter file: the server's file of options, if it isn't the one that the environment names.
    /// - Throws: what is wrong with the options, or that they leave no such server.
    static func url(file: String?) throws -> String {
        let sources = try ConfigurationSources.gather(given: file.map { ["config": $0] } ?? [:])
        guard let rest = try RESTListenerConfiguration(OptionReader(sources)) else {
            throw ConfigurationError("there is nobody to ask: the port for HTTP clients is 0, which stands for none")
        }
        return "http://\(ListeningSocket.Place.tcp(host: address(of: rest.host), port: rest.port))"
    }

    /// Who listens on all addresses is asked at the one that nobody else sees.
    private static func address(of host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }
}
